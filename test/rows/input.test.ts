import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { asoftmax, bin, environment, sh, withoutHelp, words } from "../cli/run.ts";

const root = mkdtempSync(join(tmpdir(), "asoftmax-input-"));
afterAll(() => rmSync(root, { recursive: true }));

/** A folder with f.csv, whose text is given one character a byte. */
function folder(text: string): string {
  const cwd = mkdtempSync(join(root, "d-"));
  writeFileSync(join(cwd, "f.csv"), Buffer.from(text, "latin1"));
  return cwd;
}

const runOn = (text: string, line: string) => asoftmax(words(line), { cwd: folder(text), encoding: "latin1" });

describe("files that are accepted without a word", () => {
  // Each angle stands beside its segment for m = 4: 0 for 0.5, 1 for 1, 2 for 2, 3 for 3.
  // biome-ignore format: a table
  const cases: [name: string, file: string, out: string][] = [
    ["plain",                           "theta,id\n0.5,a\n3,b\n",                  "theta,id,k\n0.5,a,0\n3,b,3\n"],
    ["byte order mark",                 "\xef\xbb\xbftheta\n1\n",                  "theta,k\n1,1\n"],
    ["byte order mark, quoted header",  '\xef\xbb\xbf"theta","id"\n1,a\n',         "theta,id,k\n1,a,1\n"],
    ["CRLF",                            "theta,id\r\n1,a\r\n2,b\r\n",              "theta,id,k\n1,a,1\n2,b,2\n"],
    ["lone CR",                         "theta,id\r1,a\r2,b\r",                    "theta,id,k\n1,a,1\n2,b,2\n"],
    ["line ends mixed",                 "theta\r\n0.5\r1\n2\n\r3",                 "theta,k\n0.5,0\n1,1\n2,2\n3,3\n"],
    ["no final newline",                "theta\n1",                                "theta,k\n1,1\n"],
    ["no final newline after a quote",  'id,theta\na,"1"',                         "id,theta,k\na,1,1\n"],
    ["blank lines at the start",        "\n\r\n\ntheta\n1\n",                      "theta,k\n1,1\n"],
    ["blank lines in the middle",       "theta\n\n1\n\n\n2\n",                     "theta,k\n1,1\n2,2\n"],
    ["blank lines at the end",          "theta\n1\n\n\n",                          "theta,k\n1,1\n"],
    ["header only",                     "theta,id\n",                              "theta,id,k\n"],
    ["header only, no newline",         "id,theta",                                "id,theta,k\n"],
    ["header only, byte order mark",    "\xef\xbb\xbftheta",                       "theta,k\n"],
    ["quoted fields with newlines",     'theta,id\n1,"a\nb"\n2,"c\r\nd"\n',        'theta,id,k\n1,"a\nb",1\n2,"c\r\nd",2\n'],
    ["doubled quotes and delimiters",   'theta,id\n1,"say ""x"", y"\n',            'theta,id,k\n1,"say ""x"", y",1\n'],
    ["quotes where none are needed",    'theta,id\n"1","a b"\n',                   "theta,id,k\n1,a b,1\n"],
    ["empty cells elsewhere",           "theta,id,x\n1,,\n2,\"\",b\n",             "theta,id,x,k\n1,,,1\n2,,b,2\n"],
    ["quoted names of columns",         '"a,b","theta"\nx,1\n',                    '"a,b",theta,k\nx,1,1\n'],
    ["ids stay as they are",            "theta,id\n1,13911860366432393\n1,007\n1,1e5\n1,1.0\n", "theta,id,k\n1,13911860366432393,1\n1,007,1\n1,1e5,1\n1,1.0,1\n"],
    ["latin-1 bytes elsewhere",         "theta,nom\n1,caf\xe9\n2,\x80\xff\n",      "theta,nom,k\n1,caf\xe9,1\n2,\x80\xff,2\n"],
    ["latin-1 bytes in quotes",         'theta,nom\n1,"\xe9, \xe8"\n',             'theta,nom,k\n1,"\xe9, \xe8",1\n'],
    ["UTF-8 elsewhere",                 "theta,\xce\xb8\n1,\xcf\x80\n",            "theta,\xce\xb8,k\n1,\xcf\x80,1\n"],
    ["NUL bytes elsewhere",             "theta,id\n1,a\x00b\n",                    "theta,id,k\n1,a\x00b,1\n"],
    ["spaces round a number",           "theta,id\n 1 , a \n\t2,b\n",              "theta,id,k\n 1 , a ,1\n\t2,b,2\n"],
    ["spaces round a name",             "id, theta\na,1\n",                        "id, theta,k\na,1,1\n"],
    ["the header of numpy.savetxt",     "# theta,id\n1,a\n",                       "# theta,id,k\n1,a,1\n"],
    ["other spaces round a number",     "\xc2\xa0theta,id\n\xc2\xa01,a\n2\xe2\x80\x89,b\n", "\xc2\xa0theta,id,k\n\xc2\xa01,a,1\n2\xe2\x80\x89,b,2\n"],
    ["quotes inside cells",             'theta,id\n1,37\xb036\'37.8"N\n2,5" pipe\n',      'theta,id,k\n1,37\xb036\'37.8"N,1\n2,5" pipe,2\n'],
    ["quotes inside and around cells",  'theta,id\n1,a"b"\n2,"c,d"\n3,"e"\n2,"f""g"\n', 'theta,id,k\n1,a"b",1\n2,"c,d",2\n3,e,3\n2,"f""g",2\n'],
    ["every spelling of a decimal",     "theta\n+1\n1.\n.5\n1e0\n2E-1\n-0\n1e-400\n", "theta,k\n+1,1\n1.,1\n.5,0\n1e0,1\n2E-1,0\n-0,0\n1e-400,0\n"],
  ];
  test.concurrent.each(cases)("%s", async (_, file, stdout) => {
    const ran = await runOn(file, "psi --input f.csv --columns k");
    expect(ran).toEqual({ status: 0, stdout, stderr: "" });
  });
});

describe("rows that are refused, with file, line, column and cell", () => {
  const BAD = "bad";
  // A row between two good ones: what stop says, and what keep writes for it.
  // biome-ignore format: a table
  const cases: [name: string, row: string, message: string, kept: string][] = [
    ["text",              "abc,b",          'column theta: "abc" is not a decimal number',                    "abc,b,"],
    ["number and text",   "1x,b",           'column theta: "1x" is not a decimal number',                     "1x,b,"],
    ["empty",             ",b",             "column theta: the cell is empty: it needs a number",             ",b,"],
    ["spaces",            "  ,b",           "column theta: the cell is empty: it needs a number",             "  ,b,"],
    ["hex",               "0x1,b",          'column theta: "0x1" is not a decimal number',                    "0x1,b,"],
    ["1_0",               "1_0,b",          'column theta: "1_0" is not a decimal number',                    "1_0,b,"],
    ["pi",                "pi/4,b",         'column theta: "pi/4" is not a decimal number',                   "pi/4,b,"],
    ["too large",         "1e400,b",        "column theta: 1e400 is too large for a double",                  "1e400,b,"],
    ["NaN",               "NaN,b",          'column theta: "NaN" is not a finite number',                     "NaN,b,"],
    ["infinity",          "-Infinity,b",    'column theta: "-Infinity" is not a finite number',               "-Infinity,b,"],
    ["inf",               "inf,b",          'column theta: "inf" is not a finite number',                     "inf,b,"],
    ["negative",          "-0.5,b",         "column theta: -0.5 lies below 0: an angle lies in [0, pi]",      "-0.5,b,"],
    ["3.2",               "3.2,b",          "column theta: 3.2 lies above pi: an angle lies in [0, pi]; for degrees give --degrees",      "3.2,b,"],
    ["just too large",    "3.141594,b",     "column theta: 3.141594 lies above pi: an angle lies in [0, pi]; if it is pi rounded up, write more digits", "3.141594,b,"],
    ["decimal comma",     '"1,5",b',        'column theta: "1,5" is not a decimal number: for decimal commas give --decimal-comma',                    '"1,5",b,'],
    ["other digits",      "\xd9\xa1,b",     'column theta: "\u0661" is not a decimal number',                 "\xd9\xa1,b,"],
    ["short row",         "1",              "the row has 1 cell, the header 2",                               "1,,"],
    ["long row",          "1,b,c",          "the row has 3 cells, the header 2 (decimal commas? quote such cells or take another delimiter, and give --decimal-comma)", BAD],
  ];

  const fileOf = (...rows: string[]) => `theta,id\n1,"a\nx"\n${rows.map((row) => `${row}\n`).join("")}3,c\n`;
  const outOf = (...rows: string[]) => `theta,id,k\n1,"a\nx",1\n${rows.map((row) => `${row}\n`).join("")}3,c,3\n`;

  test.concurrent.each(cases)("stop: %s", async (_, row, message) => {
    const { status, stderr } = await runOn(fileOf(row), "psi --input f.csv --columns k --bad-rows stop");
    expect([status, withoutHelp(stderr)]).toEqual([2, `asoftmax: f.csv line 4: ${message}\n`]);
  });

  test("skip leaves each of them out", async () => {
    const ran = await runOn(fileOf(...cases.map(([, row]) => row)), "psi --input f.csv --columns k --bad-rows skip");
    const stderr = `asoftmax: f.csv: ${cases.length} bad rows left out: line 4, 5, 6, 7, 8, ...\n`;
    expect(ran).toEqual({ status: 0, stdout: outOf(), stderr });
  });

  test("keep writes each of them with empty cells", async () => {
    const keepable = cases.filter(([, , , kept]) => kept !== BAD);
    const ran = await runOn(fileOf(...keepable.map(([, row]) => row)), "psi --input f.csv --columns k --bad-rows keep");
    const stderr = `asoftmax: f.csv: ${keepable.length} bad rows kept without values: line 4, 5, 6, 7, 8, ...\n`;
    expect(ran).toEqual({ status: 0, stdout: outOf(...keepable.map(([, , , kept]) => kept)), stderr });
  });

  test("a single one is named alone; a row too long cannot be kept", async () => {
    const one = await runOn(fileOf("x,b"), "psi --input f.csv --columns k --bad-rows skip");
    expect(one.stderr).toBe("asoftmax: f.csv: 1 bad row left out: line 4\n");
    const { status, stderr } = await runOn(fileOf("1,b,c"), "psi --input f.csv --columns k --bad-rows keep");
    const [, , message] = cases.at(-1)!;
    expect([status, stderr]).toEqual([
      2,
      `asoftmax: f.csv line 4: ${message}: such a row cannot be kept, only skipped\n`,
    ]);
  });

  test("without --bad-rows the first bad row stops", async () => {
    const { status, stderr } = await runOn("theta\n1\nx\ny\n", "psi --input f.csv");
    expect([status, stderr]).toEqual([
      2,
      'asoftmax: f.csv line 3: column theta: "x" is not a decimal number (--bad-rows skip leaves such rows out)\n',
    ]);
  });

  test("many bad rows are counted, the first few named", async () => {
    const { stdout, stderr } = await runOn(
      `theta\n${"x\n1\n".repeat(7)}`,
      "psi --input f.csv --bad-rows skip --columns k",
    );
    expect(stdout).toBe(`theta,k\n${"1,1\n".repeat(7)}`);
    expect(stderr).toBe("asoftmax: f.csv: 7 bad rows left out: line 2, 4, 6, 8, 10, ...\n");
  });

  test("a kept row is null in json", async () => {
    const { stdout } = await runOn("theta\nx\n", "psi --input f.csv --bad-rows keep --columns k,psi --format jsonl");
    expect(stdout).toBe('{"theta":"x","k":null,"psi":null}\n');
  });

  test("margins from a column", async () => {
    const { stdout, stderr } = await runOn(
      "theta,m\n1,4\n1,0.5\n1,2\n",
      "psi --m @m --input f.csv --bad-rows keep --columns k",
    );
    expect(stdout).toBe("theta,m,k\n1,4,1\n1,0.5,\n1,2,0\n");
    expect(stderr).toBe("asoftmax: f.csv: 1 bad row kept without values: line 3\n");
    const stop = await runOn("theta,m\n1,0.5\n", "psi --m @m --input f.csv");
    expect(stop.stderr).toBe(
      "asoftmax: f.csv line 2: column m: m is 0.5: it must lie from 1 to 2^20 (--bad-rows skip leaves such rows out)\n",
    );
  });
});

describe("files that are refused whole, under --bad-rows skip too", () => {
  const QUOTE = "a cell goes on behind its closing quote: write quotes inside a quoted cell twice";
  const EMPTY = "f.csv is empty: it needs at least a header line";
  // biome-ignore format: a table
  const cases: [name: string, file: string, message: string, options?: string][] = [
    ["empty",                         "",                                 EMPTY],
    ["blank lines only",              "\n\r\n\n",                         EMPTY],
    ["a byte order mark only",        "\xef\xbb\xbf",                     EMPTY],
    ["text after a closing quote",    'theta,id\n1,"a"b\n',               `f.csv line 2: ${QUOTE}`],
    ["a quote never closed",          'theta,id\n1,a\n2,"b\n3,c\n',       "f.csv: a quote opened on line 3 or later is never closed: write quotes inside a cell twice"],
    ["text after one far down",       'theta,id\n1,a\n2,"b"c\n3,d\n',     `f.csv line 3: ${QUOTE}`],
    ["; in quotes",                   '"id";"theta"\n"1";"0.5"\n',       "f.csv line 1: ';' follows a quoted cell: give --delimiter ';'"],
    ["tabs in quotes",                'id,theta\n1,"0.5"\t2\n',          "f.csv line 2: '\\t' follows a quoted cell: give --delimiter '\\t'"],
    ["no header",                     "0.5,1\n0.7,2\n",                  'f.csv: there is no column "theta": the first line holds numbers: write a header before it, which names the columns'],
    ["no header, numbers and text",   "0.5,a\n0.7,b\n",                  'f.csv: there is no column "theta": the first line holds numbers: write a header before it, which names the columns'],
    ["no header, two alike",          "0.5,0.5\n",                       'f.csv: the header has two columns named "0.5": the first line holds numbers: write a header before it, which names the columns'],
    ["no header, decimal commas",     "0,5;a\n",                         'f.csv: there is no column "theta": the first line holds numbers: write a header before it, which names the columns', "--delimiter ; --decimal-comma"],
    ["classes called by numbers",     "label,0,1\n0,1,2\n",              'f.csv: there is no column "theta": choose from label, 0, 1'],
    ["comments",                      "# a\ntheta,id\n1,2\n",            `f.csv: there is no column "theta": the first line begins with #: for comments give --comment '#'`],
    ["a comment of two letters",      "theta\n1\n",                      `--comment: "//" is not one ASCII character (nor a quote): write one such as '#'`, "--comment //"],
    ["the delimiter as comment",      "theta\n1\n",                      `--comment: "," stands between cells: write another, such as '#'`, "--comment ,"],
    ["comments of jsonl",             '{"theta":1}\n',                   "--comment: f.csv is jsonl, which has none", "--comment #"],
    ["decimal commas of jsonl",       '{"theta":1}\n',                   "--decimal-comma: f.csv is jsonl, which has none", "--decimal-comma"],
    ["a duplicate column",            "theta,id,theta\n1,a,2\n",          'f.csv: the header has two columns named "theta": rename one'],
    ["a missing column beside #",     "# tetha,id\n1,a\n",               `f.csv: there is no column "theta": did you mean tetha? (the first line begins with #: for comments give --comment '#')`],
    ["a misspelt column",             "thetta,id\n1,a\n",                 'f.csv: there is no column "theta": did you mean thetta?'],
    ["a misspelt @column",            "theta_y,id\n1,a\n",                'f.csv: there is no column "theta_x": did you mean theta_y?', "--theta @theta_x"],
    ["no column near to it",          "angle,id\n1,a\n",                  'f.csv: there is no column "theta": choose from angle, id'],
    ["; and decimal commas",          "theta;id\n1,5;a\n",                "f.csv: there is no column \"theta\", and the header holds ';': give --delimiter ';'"],
    ["tabs",                          "theta\tid\n1\ta\n",                "f.csv: there is no column \"theta\", and the header holds '\\t': give --delimiter '\\t'"],
    ["spaces",                        "theta id\n1 a\n",                  "f.csv: there is no column \"theta\", and the header holds ' ': give --delimiter ' '"],
    ["sep=",                          "sep=;\ntheta;id\n1;a\n",           'f.csv: there is no column "theta": the first line is the sep= of spreadsheets: take it out', "--delimiter ;"],
    ["a taken name",                  "theta,k\n1,a\n",                   'the input has a column "k" already: give --prefix, such as --prefix new_'],
    ["a taken m",                     "theta,m\n1,a\n",                   'the input has a column "m" already: give --prefix, such as --prefix new_', "--m 4"],
    ["a taken prefixed name",         "theta,p_k\n1,a\n",                 'the input has a column "p_k" already: give --prefix, such as --prefix new_', "--prefix p_"],
    ["a column that is not computed", "theta,id\n1,a\n",                  '--columns: there is no column "psy": did you mean psi?', "--columns psy"],
  ];
  test.concurrent.each(cases)("%s", async (_, file, message, options = "") => {
    const { status, stderr } = await runOn(file, `psi --input f.csv --bad-rows skip ${options}`.trim());
    expect([status, withoutHelp(stderr)]).toEqual([2, `asoftmax: ${message}\n`]);
  });

  test.concurrent.each([
    ["psi --input none.csv", "cannot read none.csv: no such file or directory"],
    ["psi --input .", ". is a directory: name a file"],
  ])("asoftmax %s", async (line, message) => {
    expect(await runOn("", line)).toEqual({ status: 2, stdout: "", stderr: `asoftmax: ${message}\n` });
  });

  test("the header of numpy.savetxt with spaces", async () => {
    const line = ["psi", "--input", "f.csv", "--delimiter", " "];
    const { stderr } = await asoftmax(line, { cwd: folder("# theta id\n1 a\n"), encoding: "latin1" });
    expect(withoutHelp(stderr)).toBe(
      "asoftmax: f.csv line 2: the row has 2 cells, the header 3: take the # out that stands before the names\n",
    );
  });

  test("a bad row ends the program though standard input stays open", async () => {
    const child = spawn(process.execPath, [bin, "psi", "--input", "-"], { env: environment() });
    child.stdin.write("theta\nabc\n");
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(2);
  });

  test.runIf(process.platform === "linux")("a file that opens but cannot be read to its end", async () => {
    const { status, stderr } = await asoftmax(words("psi --input /proc/self/mem"));
    expect([status, stderr]).toEqual([2, "asoftmax: cannot read /proc/self/mem: i/o error\n"]);
  });
});

describe("hints at a bad row", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["a comment in one column",   "theta\n1\n# x\n",           "", `line 3: column theta: "# x" is not a decimal number: for lines of comments give --comment '#'`],
    ["a comment in two",          "theta,id\n1,2\n#x\n",       "", "line 3: the row has 1 cell, the header 2 (a comment? give --comment '#')"],
    ["another comment",           "theta,id\n1,2\n#x\n",       "--comment %", "line 3: the row has 1 cell, the header 2"],
    ["lines of comments count",   "#\ntheta\n#\n\n1\nx\n",     "--comment #", 'line 6: column theta: "x" is not a decimal number'],
    ["a point",                   "theta\n0.5\n",              "--decimal-comma", 'line 2: column theta: "0.5" is not a decimal number with a decimal comma: leave out --decimal-comma'],
    ["cosines",                   "theta\n0.25\n-0.5\n1\n",    "", "line 3: column theta: -0.5 lies below 0: an angle lies in [0, pi]; these look like cosines: give their arccosines"],
    ["no cosines",                "theta\n0.25\n-0.5\n1.5\n",  "", "line 3: column theta: -0.5 lies below 0: an angle lies in [0, pi]"],
    ["degrees",                   "theta\n1\n45\n",            "", "line 3: column theta: 45 lies above pi: an angle lies in [0, pi]; for degrees give --degrees"],
    ["too many degrees",          "theta\n1\n450\n",           "--degrees", "line 3: column theta: 450 lies above 180: an angle lies in [0, 180]"],
    ["degrees below 0",           "theta\n1\n-0.5\n",          "--degrees", "line 3: column theta: -0.5 lies below 0: an angle lies in [0, 180]"],
  ])("%s", async (_, file, options, message) => {
    const { stderr } = await runOn(file, `psi --input f.csv ${options}`.trim());
    expect(withoutHelp(stderr)).toBe(`asoftmax: f.csv ${message}\n`);
  });

  test("cosines among lists and classes", async () => {
    const list = await runOn("theta_y,theta_j\n0.5,0.25;-0.5\n", "margin --input f.csv");
    expect(list.stderr).toContain("-0.5 lies below 0: an angle lies in [0, pi]; these look like cosines");
    const classes = "label,theta_0,theta_1\n0,0.5,-0.5\n0,2,0.5\n";
    const measured = await runOn(classes, "measure --input f.csv");
    expect(measured.stderr).toContain("column theta_1: -0.5 lies below 0: an angle lies in [0, pi]; these look");
  });
});

test("a label keeps letters whose last byte is that of a space", async () => {
  const ran = await runOn(
    "label,theta_voil\xc3\xa0,theta_b\nvoil\xc3\xa0,0.1,1\n",
    "margin --input f.csv --columns psi",
  );
  expect([ran.status, ran.stderr]).toEqual([0, ""]);
});

describe("which columns are read, and what they are called", () => {
  // biome-ignore format: a table
  const cases: [name: string, file: string, line: string, out: string][] = [
    ["--delimiter ;",                "id;theta\na;1\n",                   "psi --delimiter ; --columns k",        "id,theta,k\na,1,1\n"],
    ["--delimiter tab",              "id\ttheta\na\t1\n",                 "psi --delimiter \\t --columns k",      "id,theta,k\na,1,1\n"],
    ["--comment",                    '# x"y\n#,"\ntheta,id\n1,"a\n#b"\n#\n#c\r\n2,#\n', "psi --comment # --columns k", 'theta,id,k\n1,"a\n#b",1\n2,#,2\n'],
    ["--comment, then a bad row",    "# a\n\n# b\ntheta\n# c\n1\n#d\nx\n", "psi --comment # --columns k --bad-rows keep", "theta,k\n1,1\nx,\n"],
    ["--decimal-comma in quotes",    'theta,id\n"0,5","1,5"\n"1",2\n',   "psi --decimal-comma --columns psi --m 2", 'theta,id,psi\n"0,5","1,5",0.5403023058681398\n1,2,-0.4161468365471424\n'],
    ["--decimal-comma, ; between",   "theta;m\n0,5;2\n 2,5 ;1,5\n",       "psi --delimiter ; --decimal-comma --m @m --columns k", 'theta,m,k\n"0,5",2,0\n" 2,5 ","1,5",1\n'],
    ["--decimal-comma in a list",    "theta_y;theta_j\n0,5;\"1,5;0,75\"\n", "margin --delimiter ; --decimal-comma --columns min_theta_j", 'theta_y,theta_j,min_theta_j\n"0,5","1,5;0,75",0.75\n'],
    ["quotes in cells to csv",       'theta;id\n1;5" pi,pe\n2;a"b\n',      "psi --delimiter ; --columns k",        'theta,id,k\n1,"5"" pi,pe",1\n2,"a""b",2\n'],
    ["quotes in cells of tsv",       'theta\tid\n1\t5" pipe\n2\t"a\tb"\n', "psi --input-format tsv --format tsv --columns k", 'theta\tid\tk\n1\t5" pipe\t1\n2\t"a\tb"\t2\n'],
    ["--input-format tsv",           "id\ttheta\na,b\t1\n",               "psi --input-format tsv --columns k",   'id,theta,k\n"a,b",1,1\n'],
    ["tsv to tsv",                   "id\ttheta\na,b\t1\n",               "psi --input-format tsv --format tsv --columns k", "id\ttheta\tk\na,b\t1\t1\n"],
    ["@column",                      "theta,t\nx,1\n",                    "psi --theta @t --columns k",           "theta,t,k\nx,1,1\n"],
    ["@m is not repeated",           "theta,mm\n1,4\n1,8\n",              "psi --m @mm --columns k",              "theta,mm,k\n1,4,1\n1,8,2\n"],
    ["a constant m is appended",     "theta\n1\n",                        "psi --columns m,k",                    "theta,m,k\n1,4,1\n"],
    ["several m give rows each",     "theta\n1\n2\n",                     "psi --m 4,8 --columns m,k",            "theta,m,k\n1,4,1\n1,8,2\n2,4,2\n2,8,5\n"],
    ["--prefix",                     "theta,k\n1,a\n",                    "psi --prefix new_ --columns m,k",      "theta,k,new_m,new_k\n1,a,4,1\n"],
    ["--columns frees a taken name", "theta,k\n1,a\n",                    "psi --columns m",                      "theta,k,m\n1,a,4\n"],
    ["--degrees",                    "theta\n60\n180.0000001\n",          "psi --degrees --columns k",            "theta,k\n60,1\n180.0000001,3\n"],
    ["list cells",                   "theta_y,theta_j\n0.3,1.5; 1.25 ;2\n1.2,1.5\n", "margin --columns competitors,binding,psi", "theta_y,theta_j,competitors,binding,psi\n0.3,1.5; 1.25 ;2,3,2,true\n1.2,1.5,1,1,false\n"],
    ["a list of quoted numbers",     'theta_y,theta_j\n0.3,"[""1.50"", ""1""]"\n', "margin --columns min_theta_j", 'theta_y,theta_j,min_theta_j\n0.3,"[""1.50"", ""1""]",1\n'],
    ["a list cell of another name",  "y,others\n0.3,1.5;1.25\n",          "margin --theta @y --competing @others --columns min_theta_j", "y,others,min_theta_j\n0.3,1.5;1.25,1.25\n"],
    ["given competitors",            "theta_y\n0.3\n1.2\n",               "margin --competing 1.5,1.25 --columns binding,naive", "theta_y,binding,naive\n0.3,2,true\n1.2,2,false\n"],
    ["the same behind # and spaces", "# theta_0, theta_1,label\n1.5,0.2,0\n", "margin --columns competitors,binding,min_theta_j", "# theta_0, theta_1,label,competitors,binding,min_theta_j\n1.5,0.2,0,1,1,0.2\n"],
    ["# in a pattern",               "#0,#1,label\n1.5,0.2,0\n",           "margin --label label --competing @#* --columns competitors,binding", "#0,#1,label,competitors,binding\n1.5,0.2,0,1,1\n"],
    ["a name as it stands first",    "# theta, theta,theta\n0,1,2\n",       "psi --columns k",                      "# theta, theta,theta,k\n0,1,2,2\n"],
    ["label and theta_*",            "label,theta_0,theta_1,theta_cat\n1,1.5,0.2,1.4\ncat,1.5,1.6,0.3\n", "margin --label label --competing @theta_* --columns competitors,binding,min_theta_j", "label,theta_0,theta_1,theta_cat,competitors,binding,min_theta_j\n1,1.5,0.2,1.4,2,cat,1.4\ncat,1.5,1.6,0.3,2,0,1.5\n"],
    ["label and theta_* unasked",    "theta_a,label,theta_b\n0.2,a,1.5\n", "margin --columns binding",            "theta_a,label,theta_b,binding\n0.2,a,1.5,b\n"],
    ["a label of another name",      "class,d_x_1,d_y_1\nx,0.2,1\n",      "margin --label class --competing @d_*_1 --columns binding", "class,d_x_1,d_y_1,binding\nx,0.2,1,y\n"],
    ["a label as numpy.savetxt has it", "label,theta_0,theta_1\n1.000000000000000000e+00,1,0.2\n", "margin --columns binding", "label,theta_0,theta_1,binding\n1.000000000000000000e+00,1,0.2,0\n"],
    ["a label beside a pattern of all", "target,a,b\na,1,0.2\n",        "margin --label @target --competing @* --columns competitors,binding", "target,a,b,competitors,binding\na,1,0.2,1,b\n"],
    ["a class of latin-1 bytes",     "label,theta_\xe9,theta_b\nb,1,0.2\n", "margin --columns binding",           "label,theta_\xe9,theta_b,binding\nb,1,0.2,\xe9\n"],
    ["--each",                       "label,theta_0,theta_1,theta_2\n1,1.5,0.2,0.7\n", "margin --each --columns j,theta_j,psi", "label,theta_0,theta_1,theta_2,j,theta_j,psi\n1,1.5,0.2,0.7,0,1.5,true\n1,1.5,0.2,0.7,2,0.7,false\n"],
    ["theta_y and all of theta_*",   "y,theta_0,theta_1\n0.2,1.5,0.7\n",  "margin --theta @y --competing @theta_* --columns competitors,binding", "y,theta_0,theta_1,competitors,binding\n0.2,1.5,0.7,2,1\n"],
  ];
  test.concurrent.each(cases)("%s", async (_, file, line, stdout) => {
    const ran = await runOn(file, `${line} --input f.csv`);
    expect([ran.status, ran.stdout]).toEqual([0, stdout]);
  });

  test("json keeps the text of the file's own cells", async () => {
    const { stdout } = await asoftmax(words("psi --input f.csv --columns k --format jsonl"), {
      cwd: folder("theta,id,nom\n1,007,caf\xc3\xa9\n"),
    });
    expect(stdout).toBe('{"theta":"1","id":"007","nom":"café","k":1}\n');
  });

  // biome-ignore format: a table
  test.concurrent.each([
    ["a label that is no class",   "label,theta_0,theta_1\n2,0.2,1\n",           "margin",                           'f.csv line 2: column label: no column of theta_* is that of class "2": do the labels count from 1, and the columns from 0?'],
    ["a label far from all",       "label,theta_0,theta_1\n3,0.2,1\n",           "margin",                           'f.csv line 2: column label: no column of theta_* is that of class "3"'],
    ["a misspelt label",           "label,theta_0,theta_1\n0,0.2,1\n", "margin --label lable",             'f.csv: there is no column "lable": did you mean label?'],
    ["a pattern with one match",   "label,theta_0\n0,0.2\n",           "margin",                           "--competing: theta_* matches one column: a sample needs a competing class"],
    ["a pattern without match",    "label,theta_0\n0,0.2\n",           "margin --competing @thata_*",      'f.csv: there is no column "thata_*": did you mean theta_0?'],
    ["no column of angles",        "label,x\n0,0.2\n",                 "margin",                           'f.csv: there is no column "theta_*": choose from label, x'],
    ["an empty place in a list",   "theta_y,theta_j\n0.3,1;;2\n",      "margin",                           "f.csv line 2: column theta_j: the cell is empty: it needs a number"],
    ["a list with commas",         'theta_y,theta_j\n0.3,"1.5,2"\n',    "margin",                           'f.csv line 2: column theta_j: "1.5,2" is not a decimal number: a list has ; between'],
    ["a list with bars",           "theta_y,theta_j\n0.3,1.5 | 2\n",    "margin",                           'f.csv line 2: column theta_j: "1.5 | 2" is not a decimal number: a list has ; between'],
    ["a list with spaces",         "theta_y,theta_j\n0.3,1.5 2 3\n",    "margin",                           'f.csv line 2: column theta_j: "1.5 2 3" is not a decimal number: a list has ; between'],
    ["a decimal comma, no list",   'theta_y,theta_j\n0.3,"1,5"\n',      "margin",                           'f.csv line 2: column theta_j: "1,5" is not a decimal number: for decimal commas give --decimal-comma'],
    ["a column a class, unlabelled", "theta_y,theta_1,theta_2\n1,1.5,2\n", "margin",                         `f.csv: there is no column "theta_j": for a column a class give --competing '@theta_*'`],
    ["--columns of the input",     "theta,x\n1,1\n",                    "psi --columns x",                  '--columns: "x" is a column of the input, all of which stay: name computed ones'],
    ["half quotes in a list",      'theta_y,theta_j\n0.3,"[""1,2]"\n', "margin",                         'f.csv line 2: column theta_j: ""1" is not a decimal number'],
    ["a bad angle in a list",      "theta_y,theta_j\n0.3,1;4\n",       "margin",                           "f.csv line 2: column theta_j: 4 lies above pi: an angle lies in [0, pi]; for degrees give --degrees"],
    ["a class in two columns",     "label,theta_0, theta_0\n0,1,2\n",  "margin",                           'f.csv: the header has two columns named "theta_0", spaces left out: rename one'],
    ["a bad angle in theta_*",     "label,theta_0,theta_1\n0,0.2,x\n", "margin",                           'f.csv line 2: column theta_1: "x" is not a decimal number'],
  ])("%s", async (_, file, line, message) => {
    const { status, stderr } = await runOn(file, `${line} --input f.csv`);
    expect([status, withoutHelp(stderr)]).toEqual([2, `asoftmax: ${message}\n`]);
  });
});

describe("float32's pi counts as pi, and the rows are counted", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["one row",              "theta\n3.1415927\n1\n",                            "psi --columns psi", "theta,psi\n3.1415927,-7\n1,-1.3463563791363882\n", "1 row has"],
    ["two rows",             "theta\n3.1415927410125732\n3.141593\n",            "psi --columns psi", "theta,psi\n3.1415927410125732,-7\n3.141593,-7\n",  "2 rows have"],
    ["two angles in a row",  "label,theta_0,theta_1,theta_2\n0,1,3.1415927,3.1415927\n", "margin --columns min_theta_j", "label,theta_0,theta_1,theta_2,min_theta_j\n0,1,3.1415927,3.1415927,3.141592653589793\n", "1 row has"],
    ["in two columns",       "theta_y,theta_j\n1,2\n3.1415927,1;3.1415927\n1,3.1415927\n3.1415927,3.1415927\n", "margin --columns angular", "theta_y,theta_j,angular\n1,2,false\n3.1415927,1;3.1415927,false\n1,3.1415927,false\n3.1415927,3.1415927,false\n", "3 rows have"],
  ])("%s", async (_, file, line, stdout, rows) => {
    const stderr = `asoftmax: f.csv: ${rows} an angle above pi by at most 1e-6, which counts as pi\n`;
    expect(await runOn(file, `${line} --input f.csv`)).toEqual({ status: 0, stdout, stderr });
  });
});

describe("pipes", () => {
  test("- is standard input, and is named so", async () => {
    const stdin = "theta\n1\nx\n";
    const { status, stdout, stderr } = await asoftmax(words("psi --input - --columns k --bad-rows skip"), { stdin });
    expect([status, stdout]).toEqual([0, "theta,k\n1,1\n"]);
    expect(stderr).toBe("asoftmax: standard input: 1 bad row left out: line 3\n");
  });

  test("one command after another", async () => {
    const ran = await sh(
      "asoftmax psi --m 4 --theta 0.3,1.2 --columns theta | asoftmax margin --input - --theta @theta --competing 1.5 --columns psi | asoftmax psi --input - --columns k",
    );
    expect(ran).toEqual({ status: 0, stdout: "theta,psi,k\n0.3,true,0\n1.2,false,1\n", stderr: "" });
  });

  test.concurrent.each([
    ["csv", "theta,k\n", ["0.5,0\n", "1,1\n"]],
    ["jsonl", "", ['{"theta":"0.5","k":0}\n', '\n{"theta":"1","k":1}']],
  ])("a slow pipe gives rows at once (%s)", async (format, head, rows) => {
    const args = [...words("psi --input - --columns k --format"), format];
    const child = spawn(process.execPath, [bin, ...args], { env: environment() });
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    const seen = async (text: string) => {
      while (!out.includes(text.trim())) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    // Each write waits for the output of the one before: a program that held rows back would hang here.
    child.stdin.write("theta\n0.5\n");
    await seen(head + rows[0]!);
    child.stdin.write("1\n");
    await seen(rows[1]!);
    child.stdin.end("2\n");
    await new Promise((resolve) => child.on("close", resolve));
    expect(out.trim().split("\n").length).toBe(format === "csv" ? 4 : 3);
  });
});

// Each took time by the square of its length, minutes and more.
describe("what is long takes time by its length", () => {
  const DIGITS = "1".repeat(1_000_000);
  // biome-ignore format: a table
  test.concurrent.each([
    ["digits before a letter",   `theta\n${DIGITS}x\n`,                    /^asoftmax: f.csv line 2: column theta: "1{84} \.\.\. 999,833 more characters \.\.\. 1{83}x" is not a decimal number\n$/],
    ["places before a letter",   `theta\n0.${DIGITS}x\n`,                  /^asoftmax: f.csv line 2: column theta: "0\.1{82} \.\.\. 999,835 more characters \.\.\. 1{83}x" is not a decimal number\n$/],
  ])("%s", async (_, file, message) => {
    const { status, stderr } = await runOn(file, "psi --input f.csv");
    expect(status).toBe(2);
    expect(withoutHelp(stderr)).toMatch(message);
  });

  const LONG = "1".repeat(120_000);
  test.concurrent.each([
    ["--theta", `${LONG}x`],
    ["--theta", `1.${LONG}pix`],
    ["--input", `${LONG}.x`],
  ])("an option %s", async (flag, text) => {
    const { status, stderr } = await asoftmax(["psi", flag, text]);
    expect([status, stderr.split("\n").length]).toEqual([2, 2]);
  });

  test("a --check of many >= that has a second line", async () => {
    const { status, stderr } = await asoftmax(["measure", "--input", "f", "--check", `psi@1${">=".repeat(50_000)}\n1`]);
    expect([status, stderr.slice(0, 22)]).toEqual([2, 'asoftmax: --check: ">=']);
  });

  const CLASSES = 200_000;
  const names = Array.from({ length: CLASSES }, (_, i) => `theta_${i}`);
  const angles = names.map((_, i) => (i === 7 ? 0.25 : 1 + i / CLASSES));
  const csv = `label,${names.join(",")}\n7,${angles.join(",")}\n`;
  const jsonl = `{"label":7,${names.map((name, i) => `"${name}":${angles[i]}`).join(",")}}\n`;
  test.each([
    ["csv", csv],
    ["jsonl", jsonl.repeat(2)],
  ])(
    "classes (%s)",
    async (format, file) => {
      const rows = format === "csv" ? 1 : 2;
      const columns = "binding,min_theta_j";
      const margin = await runOn(file, `margin --input f.csv --input-format ${format} --m 2 --columns m,${columns}`);
      expect([margin.status, margin.stderr, margin.stdout.split(",2,0,1\n").length]).toEqual([0, "", rows + 1]);
      const measured = await runOn(file, `measure --input f.csv --input-format ${format} --format json`);
      expect(JSON.parse(measured.stdout)).toMatchObject({ samples: rows, classes: CLASSES, correct: rows });
      const missing = await runOn(file, `psi --theta @theta --input f.csv --input-format ${format}`);
      expect(missing.stderr).toBe('asoftmax: f.csv: there is no column "theta": did you mean theta_0?\n');
    },
    60_000,
  );

  test("a row upright in a table", async () => {
    const head = names.slice(0, 60_000);
    const { stdout } = await runOn(
      `theta,${head.join(",")}\n${"1,".repeat(60_000)}1\n`,
      "psi --input f.csv --format table",
    );
    expect(stdout.split("\n").length).toBeGreaterThan(60_000);
  }, 60_000);

  test("--columns", async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => i).join(",");
    const { stderr } = await asoftmax(["psi", "--theta", "1", "--columns", `${many},7`]);
    expect(withoutHelp(stderr)).toBe('asoftmax: --columns: "7" stands there twice\n');
  });
});

describe("a file that changes while it is read", () => {
  const ROWS = 1_000_000;
  /** Runs psi over a file of many rows whose output nobody reads until the file is changed. */
  async function changed(change: (path: string) => void, ...more: string[]) {
    const path = join(folder(`theta\n${"1.5\n".repeat(ROWS)}`), "f.csv");
    const child = spawn(process.execPath, [bin, "psi", "--input", path, "--columns", "k", ...more], {
      env: environment(),
    });
    let [err, bytes] = ["", 0];
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    const closed = new Promise<number>((resolve) => child.on("close", resolve));
    await new Promise((resolve) => child.stdout.once("readable", resolve));
    change(path);
    child.stdout.on("data", ({ length }) => {
      bytes += length;
    });
    return { status: await closed, stderr: err.replace(path, "f"), bytes };
  }
  const SHORTER = "asoftmax: f: the file became shorter while it was read\n";
  const [HEAD, ROW] = ["theta,k\n".length, "1.5,1\n".length];

  test.each([1, 2])("shorter: an error, not a cell cut in two (--threads %d)", async (threads) => {
    const { status, stderr } = await changed((path) => truncateSync(path, 2_000_001), "--threads", `${threads}`);
    expect([status, stderr]).toEqual([2, SHORTER]);
  });

  test("longer: what came in time is read", async () => {
    const { status, stderr, bytes } = await changed((path) => appendFileSync(path, "1.5\n1.5\n"), "--threads", "1");
    expect([status, stderr, bytes]).toEqual([0, "", HEAD + ROW * (ROWS + 2)]);
  });
});

describe("the digits: counts against a plain count in the test", () => {
  const M = 4;
  const files = {
    naive: "digits-naive-m4-16d.csv",
    asoftmax: "digits-asoftmax-m4-3d.csv",
    softmax: "digits-softmax-3d.csv",
  };

  /** No exact arithmetic here: none of these angles is within 1e-9 of a boundary. */
  function plainCount(text: string) {
    const [, ...lines] = text.trim().split("\n");
    return lines.map((line) => {
      const [label, ...angles] = line.split(",").map(Number);
      const thetaY = angles[label!]!;
      const thetaJ = Math.min(...angles.filter((_, i) => i !== label));
      const k = Math.min(Math.floor((M * thetaY) / Math.PI), M - 1);
      const psi = (k % 2 === 0 ? 1 : -1) * Math.cos(M * thetaY) - 2 * k;
      return [Math.cos(M * thetaY) > Math.cos(thetaJ), M * thetaY < thetaJ, psi > Math.cos(thetaJ)].join();
    });
  }

  test.concurrent.each([
    ["naive", 450],
    ["asoftmax", 360],
    ["softmax", 360],
  ] as const)("%s: %i rows", async (name, rows) => {
    const path = fileURLToPath(new URL(`../fixtures/${files[name]}`, import.meta.url));
    const text = readFileSync(path, "utf8");
    const line = `margin --m ${M} --label label --competing @theta_* --columns naive,angular,psi --input ${path}`;
    const { status, stdout, stderr } = await asoftmax(words(line));
    expect([status, stderr]).toEqual([0, ""]);
    const out = stdout.trim().split("\n");
    expect(out[0]).toBe(`${text.split("\n")[0]},naive,angular,psi`);
    const found = out.slice(1).map((row) => row.split(",").slice(-3).join());
    expect(found).toEqual(plainCount(text));
    expect(out.slice(1).map((row) => row.split(",").slice(0, -3).join())).toEqual(text.trim().split("\n").slice(1));
    expect(found.length).toBe(rows);
    if (name === "naive") expect(new Set(found)).toEqual(new Set(["true,false,false"]));
    expect(found.every((row) => row.split(",")[1] === row.split(",")[2])).toBe(true);
  });

  test("the last line of the table sums up, and --check says no", async () => {
    const path = fileURLToPath(new URL(`../fixtures/${files.naive}`, import.meta.url));
    const { status, stdout } = await asoftmax(words(`margin --check --format table --input ${path}`));
    expect(status).toBe(1);
    expect(stdout.endsWith("\n450 samples: naive 450, angular 0, psi 0; 450 false passes.\n")).toBe(true);
  });

  test.each([
    ["a run of more values than its page has room for", "run-too-long"],
    ["a page that does not say how long its levels are", "endless"],
    ["a column without a name", "damaged-name"],
  ])("a Parquet file with %s", async (_, name) => {
    const path = fileURLToPath(new URL(`../fixtures/${name}.parquet`, import.meta.url));
    const { status, stdout, stderr } = await asoftmax([...words("psi --theta @theta_y --prefix p_ --input"), path]);
    expect([status, stdout]).toEqual([2, ""]);
    const reasons: Record<string, string> = {
      "damaged-name": "a column has no name",
      "run-too-long": "the compressed size of a page is no number",
    };
    const reason = reasons[name] ?? "its parts do not fit one another";
    expect(stderr).toBe(`asoftmax: ${path}: the Parquet file is damaged: ${reason}\n`);
  });

  test.each([
    ["unsigned integers of 32 bits as differences", "delta-uint32", "4294967295,0\n4294967294,0\n4294967293,0\n"],
    ["pages of LZ4 without bytes", "empty-lz4", "[null],0\n,0\n"],
    ["checksums of pages", "checksum", "1,0\n2,0\n3,0\n"],
  ])("a Parquet file with %s is read", async (_, name, rows) => {
    const path = fileURLToPath(new URL(`../fixtures/${name}.parquet`, import.meta.url));
    const { status, stdout, stderr } = await asoftmax([...words("psi --m 1 --columns k --input"), path]);
    expect([status, stderr]).toEqual([0, ""]);
    const [, ...lines] = stdout.split("\n");
    expect(lines.join("\n").replaceAll(/^[^,]*,/gm, "")).toBe(rows);
  });

  test("a Parquet page with another checksum than is stored", async () => {
    const path = new URL("../fixtures/checksum.parquet", import.meta.url);
    const bytes = readFileSync(path);
    const angle = Buffer.alloc(8);
    angle.writeDoubleLE(1.25);
    bytes[bytes.indexOf(angle) + 6]! ^= 4;
    const cwd = mkdtempSync(join(root, "d-"));
    writeFileSync(join(cwd, "f.parquet"), bytes);
    const { status, stdout, stderr } = await asoftmax(words("psi --input f.parquet"), { cwd });
    expect([status, stdout]).toEqual([2, ""]);
    const reason = "a page has not the checksum that is stored with it";
    expect(stderr).toBe(`asoftmax: f.parquet: the Parquet file is damaged: ${reason}\n`);
  });
});
