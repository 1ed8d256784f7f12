import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { asoftmax, bin, run, sh, withoutHelp, words } from "./run.ts";

const cwd = mkdtempSync(join(tmpdir(), "asoftmax-errors-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const NAMES =
  "asoftmax, naive, softmax, cosface, arcface, arcface-easy, arcface-hard, combined, sphereface-r1, sphereface-r2, arcface-clip, arcface-plain, arcface-shift, arcface-reflect";
const DOMAIN = "an angle lies in [0, pi]; for degrees write 60deg or use --degrees";

// biome-ignore format: a table
const cases: [args: string, message: string][] = [
  ["psi --m 0",                               "--m: m is 0: it must lie from 1 to 2^20"],
  ["psi --m -1",                              "--m: m is -1: it must lie from 1 to 2^20"],
  ["psi --m 0.999",                           "--m: m is 0.999: it must lie from 1 to 2^20"],
  ["psi --m 1e9",                             "--m: m is 1000000000: it must lie from 1 to 2^20"],
  ["psi --m abc",                             '--m: "abc" is not a number: write a decimal number such as 4 or 1.5; a column is @abc'],
  ["psi --m 4x",                              '--m: "4x" is not a number: write a decimal number such as 4 or 1.5'],
  ["psi --m 0x4",                             '--m: "0x4" is not a number: write a decimal number such as 4 or 1.5'],
  ["psi --m ''",                              '--m: "" has an empty place: write a list as 1,2,3'],
  ["psi --theta 3.1416",                      "--theta: 3.1416 lies above pi (3.141592653589793): write pi"],
  ["psi --theta 45",                          `--theta: 45 lies above pi (3.141592653589793): ${DOMAIN}`],
  ["psi --degrees --theta 181",               "--theta: 181 lies above 180: an angle lies in [0, 180]"],
  ["psi --theta -0.1",                        "--theta: -0.1 lies below 0: an angle lies in [0, pi]"],
  ["psi --theta ''",                          '--theta: "" has an empty place: write a list as 1,2,3'],
  ["psi --theta 1,,2",                        '--theta: "1,,2" has an empty place: write a list as 1,2,3'],
  ["psi --theta 0x1",                         '--theta: "0x1" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg'],
  ["psi --theta 60degs",                      '--theta: "60degs" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg'],
  ["psi --theta pi/",                         '--theta: "pi/" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg'],
  ["psi --theta @",                           '--theta: "@" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg'],
  ["psi --theta 1..2pi",                      '--theta: "1..2" is not a number: write a decimal number such as 4 or 1.5'],
  ["psi --theta 1e400",                       "--theta: 1e400 is too large for a double"],
  ["psi --theta pi/0",                        "--theta: pi/0 divides by 0"],
  ["psi --theta @theta",                      "a @column needs a file to come from: give --input"],
  ["psi --theta",                             "option '-t, --theta <list>' argument missing"],
  ["psi --points 1",                          "--points: 1 is out of range: it must lie from 2 to 100000000"],
  ["psi --points 1e9",                        "--points: 1e9 is out of range: it must lie from 2 to 100000000"],
  ["psi --points 2.5",                        "--points: 2.5 is not a whole number"],
  ["psi --points 5 --from 2 --to 1",          "--from must lie below --to"],
  ["psi --from 1",                            "--from and --to go with --points: give it too"],
  ["psi --theta 1 --points 5",                "--theta and --points both give angles: use one"],
  ["psi --format xml",                        '--format: "xml" is not known: choose from table, csv, tsv, json, jsonl'],
  ["psi --format jsom",                       '--format: "jsom" is not known: did you mean json?'],
  ["psi --columns k,psy",                     '--columns: there is no column "psy": did you mean psi?'],
  ["psi --columns zzz",                       '--columns: there is no column "zzz": choose from m, theta, k, psi, dpsi_dtheta, dpsi_dcos, cos_m_theta, cos_theta'],
  ["psi --columns k,k",                       '--columns: "k" stands there twice'],
  ["psi --precision 0",                       "--precision: 0 is out of range: it must lie from 1 to 17"],
  ["psi --precision 18",                      "--precision: 18 is out of range: it must lie from 1 to 17"],
  ["psi 1.2",                                 '"1.2" belongs to no option: write --theta 1.2'],
  ["psi --thet 1",                            "unknown option '--thet': did you mean --theta?"],
  ["psi --competing 1",                       "unknown option '--competing'"],
  ["--bogus",                                 "unknown option '--bogus'"],
  // What people type first.
  ["--m 4 --theta 1.2",                       "unknown option '--m': write asoftmax psi --m 4 --theta 1.2"],
  ["-m 4 -t 1.2 -c 1.5 --check",              "unknown option '-m': write asoftmax margin -m 4 -t 1.2 -c 1.5 --check"],
  ["--csv",                                   "unknown option '--csv': write --format csv"],
  ["psi --json",                              "unknown option '--json': write --format json"],
  ["psi 4 1.2",                               '"4 1.2" belongs to no option: write --m 4 --theta 1.2'],
  ["margin 4 pi/4 60deg",                     '"4 pi/4 60deg" belongs to no option: write --m 4 --theta pi/4 --competing 60deg'],
  ["violations 1.5",                          '"1.5" belongs to no option: write --competing 1.5'],
  ["claims 3",                                '"3" belongs to no option: write --m 3'],
  ["psi --theta 1.2 1.3",                     '"1.3" belongs to no option: write --theta 1.2,1.3, a list has commas'],
  ["psi -t 1.2, 1.2 --m 2",                   '"1.2" belongs to no option: write -t 1.2,1.2, a list has commas'],
  ["measure digits.csv",                      '"digits.csv" belongs to no option: write --input digits.csv'],
  ["plot nonsense",                           '"nonsense" belongs to no option'],
  ["violations digits.csv",                   '"digits.csv" belongs to no option'],
  ["sql",                                     "the statement is missing: choose from psi, inverse, margin, loss, measure"],
  ["sql psi foo",                             '"foo" belongs to no option'],
  ["completion",                              "the shell is missing: choose from bash, zsh, fish"],
  ["example",                                 "the name is missing: choose from angles, audit, embeddings"],
  ["example angle",                           '"angle" is not known: did you mean angles?'],
  ["explore --columns k",                     "unknown option '--columns'"],
  ["psy --m 4",                               'there is no command "psy": did you mean psi?'],
  ["pis --m 4",                               'there is no command "pis": did you mean psi?'],
  ["help column",                             'there is no command "column": did you mean columns?'],
  ["help monotonicty",                        'there is no command "monotonicty": did you mean monotonicity?'],
  ["plot --functions asoftmx",                '--functions: there is no target function "asoftmx": did you mean asoftmax?'],
  ["plot --functions am-softmx",              '--functions: there is no target function "am-softmx": did you mean am-softmax?'],
  ["plot --functions adfaace",                `--functions: there is no target function "adfaace": choose from ${NAMES}`],
  ["plot --functions airface",                `--functions: there is no target function "airface": choose from ${NAMES}`],
  ["plot --functions mv-softmax",             `--functions: there is no target function "mv-softmax": choose from ${NAMES}`],
  ["plot --functions l2-softmax",             `--functions: there is no target function "l2-softmax": choose from ${NAMES}`],
  ["plot --functions sphereface+",            `--functions: there is no target function "sphereface+": choose from ${NAMES}`],
  ["plot --functions magface",                "--functions: magface is no function of theta_y and fixed parameters alone: magface takes m from each feature norm: audit rows of one norm, as arcface-hard with their m"],
  ["plot --functions zzzzzzzzz",              `--functions: there is no target function "zzzzzzzzz": choose from ${NAMES}`],
  ["plot --functions asoftmax:n=4",           '--functions: asoftmax has no parameter "n": did you mean m?'],
  ["plot --functions combined:m4=1",          '--functions: combined has no parameter "m4": did you mean m1?'],
  ["plot --functions asoftmax:m",             '--functions: "m" in asoftmax:m is not of the form parameter=value'],
  ["plot --functions asoftmax:m=4:m=3",       "--functions: asoftmax:m=4:m=3 gives m twice"],
  ["plot --functions asoftmax:m=0.5",         "--functions: m is 0.5: it must lie from 1 to 2^20"],
  ["plot --functions naive:m=0",              "--functions: m is 0: it must be above 0 and at most 2^20"],
  ["plot --functions cosface:m=3",            "--functions: m is 3: it must lie from 0 to 2"],
  ["plot --functions arcface:m=4",            "--functions: 4 lies above pi (3.141592653589793): an angle lies in [0, pi]; for degrees write 60deg"],
  ["plot --functions arcface=0.5",            '--functions: "arcface=0.5" is written arcface:m=0.5'],
  ["plot --functions arcface(m=0.5)",         '--functions: "arcface(m=0.5)" is written arcface:m=0.5'],
  ["plot --functions arcface(0.5)",           '--functions: "arcface(0.5)" is written arcface:m=0.5'],
  ["compare --functions arcface --m 0.5",     "--m: m is 0.5: it must lie from 1 to 2^20: of another function m is written with it, as arcface:m=0.5"],
  ["loss --theta 1 -s 64 --competing 1",      "unknown option '-s': did you mean --scale?"],
  ["audit --input a.csv --loss --scale 64",   "option '--loss <@column>' argument missing: --scale stands in its place"],
  ["psi --theta 1 --m=--theta",               '--m: "--theta" is not a number: write a decimal number such as 4 or 1.5'],
  ["psi --theta 1.2 p.csv",                   '"p.csv" belongs to no option: write --input p.csv'],
  ["measure --input a.csv b.csv",             '"b.csv" belongs to no option'],
  ["measure --input a.csv --check mean_loss.arcface:m=0.5.30<=3", "--check: mean_loss.arcface:m=0.5.30 cannot be checked: shares, means of angles and quantiles can, such as accuracy>=0.9"],
  ["psi --input -t 1",                        "option '-i, --input <file>' argument missing: -t stands in its place"],
  ["measure --features f.npy --label y.npy",  "--label names a column of --input: the file of target classes is --labels"],
  ["plot --functions naive:lambda=-1",        "--functions: lambda is -1: it must lie from 0 to 1e+100"],
  ["plot --functions naive --m 4",            "--m and --lambda are short for --functions asoftmax:m=..:lambda=..: give one or the other"],
  ["plot --lambda -1",                        "--lambda: -1 is out of range: it must lie from 0 to 1e+100"],
  ["plot --quantity slop",                    '--quantity: "slop" is not known: did you mean slope?'],
  ["plot --width 29",                         "--width: 29 is out of range: it must lie from 30 to 1000"],
  ["plot --height 3",                         "--height: 3 is out of range: it must lie from 4 to 500"],
  ["margin --theta 1.2",                      "competing angles are missing: give --competing, such as --competing 1.5,pi/2"],
  ["margin --competing 1.5",                  "the target angle is missing: give --theta, such as --theta 1.2"],
  ["margin --theta 1 --competing 1 --label l", "--label and --theta both name the target angle: use one"],
  ["violations --m 4",                        "competing angles are missing: give --competing, such as --competing 1.5"],
  ["claims --m 0.5",                          "--m: m is 0.5: it must lie from 1 to 2^20"],
  ["inverse",                                 "there is no value: give --psi, such as --psi -2.5, --value or --loss"],
  ["inverse --psi 1.5",                       "--psi: psi for m = 4 is 1.5: it must lie from -7 to 1"],
  ["inverse --m 2,4 --psi -3.5",              "--psi: psi for m = 2 is -3.5: it must lie from -3 to 1"],
  ["inverse --psi x",                         '--psi: "x" is not a number: write a decimal number such as 4 or 1.5; a column is @x'],
  ["measure --input - --check mean.theta_y<=50", "--check: 50 lies above pi (3.141592653589793): an angle lies in [0, pi]; for degrees write 60deg or use --degrees"],
  ["psi -",                                   '"-" belongs to no option: write --input -'],
  ["psi --theta 45 deg",                      '"deg" belongs to no option: write --theta 45deg'],
  ["--m 4 psi --theta 1",                     "unknown option '--m': write asoftmax psi --m 4 --theta 1"],
  ["psi --theta 1 --format TSV",              '--format: "TSV" is not known: did you mean tsv?'],
  ["psi --theta 1.2 1.3 --m 4 5",             '"1.3 5" belongs to no option: write --theta 1.2,1.3, a list has commas'],
  ["measure --input - --check mean.angle_gap>=-10", "--check: 10 lies above pi (3.141592653589793): an angle lies in [0, pi]; for degrees write 60deg or use --degrees"],
  ["psi --theta 1.2 --quiet",                 "unknown option '--quiet'"],
  ["scale --classes 10 --prob 0.99",          "unknown option '--prob': did you mean --probability?"],
  ["psi --degrees --theta 180.0001",          "--theta: 180.0001 lies above 180: write 180"],
  ["compare --theta 1 --functions ArcFace",   '--functions: there is no target function "ArcFace": did you mean arcface?'],
  ["compare --theta 1 --functions arcface:s=64", "--functions: arcface:s=64: a scale is no part of the target function: leave it out (loss, descend, measure and audit take --scale)"],
  ["psi --theta 1.2 --output x.csv.gz",       "--output x.csv.gz: .gz is not written: use .csv, .tsv, .json, .jsonl or .parquet"],
  ["inverse --psi @psi",                      "a @column needs a file to come from: give --input"],
  ["scale",                                               "--classes is missing: give it, such as --classes 1000"],
  ["scale --classes 1",                                   "the number of classes is 1: it must be a whole number from 2 to 2^53"],
  ["scale --classes 1.5",                                 "the number of classes is 1.5: it must be a whole number from 2 to 2^53"],
  ["scale --classes 1e17",                                "the number of classes is 100000000000000000: it must be a whole number from 2 to 2^53"],
  ["scale --classes x",                                   '--classes: "x" is not a number: write a decimal number such as 4 or 1.5'],
  ["scale --classes 10 --probability 0",                  "probability is 0: it must lie above 0 and below 1"],
  ["scale --classes 10 --probability 1",                  "probability is 1: it must lie above 0 and below 1"],
  ["scale --classes 10 --probability 90%",                '--probability: "90%" is not a number: write a decimal number such as 4 or 1.5'],
  ["scale --classes 10 --competing simplx",               '--competing: "simplx" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg'],
  ["loss --theta 1 --classes 0",                          "the number of classes is 0: it must be a whole number from 1 to 2^53"],
  ["loss --theta 1 --classes 2.5",                        "the number of classes is 2.5: it must be a whole number from 1 to 2^53"],
  ["loss --theta 1 --classes 9007199254740994",           "the number of classes is 9007199254740994: it must be a whole number from 1 to 2^53"],
  ["loss --theta 1 --classes 4 --competing 1,2",          "4 classes do not go with 2 competing angles: give one for all"],
  ["inverse --value 1 --loss 1",                          "--loss and --value ask for different angles: give one of them"],
  ["inverse --psi 1 --value 1",                           "--value and --psi ask for different angles: give one of them"],
  ["inverse --psi 1 --functions softmax",                 "--functions does not go with --psi: leave it out or ask for another"],
  ["inverse --value 1 --scale 3",                         "--scale does not go with --value: leave it out or ask for another"],
  ["inverse --functions softmax",                         "there is no value: give --psi, such as --psi -2.5, --value or --loss"],
  ["inverse --loss 1",                                    "--classes is missing: give it, such as --classes 1000"],
  ["inverse --loss 0 --classes 10",                       "loss is 0: it must be above 0 and at most 1e+100"],
  ["inverse --loss 1 --classes 1",                        "the number of classes is 1: it must be a whole number from 2 to 2^53"],
  ["inverse --loss 1 --classes 10 --scale 0",             "--scale: 0 is out of range: it must be above 0 and at most 1e+100"],
  ["equivalent",                                          "the other function is missing: give --to, such as --to arcface"],
  ["equivalent --to softmax",                             "softmax has 0 parameters: name a function with one"],
  ["equivalent --to combined",                            "combined has 3 parameters: name a function with one"],
  ["equivalent --to arcface:m=0.5",                       "--to: arcface:m=0.5: its parameter is looked for: leave it out"],
  ["equivalent --to arcfac",                              '--to: there is no target function "arcfac": did you mean arcface?'],
  ["equivalent --to arcface --at 1 --theta-12 1",         "--at asks for the same value, --theta-12 for the same boundary: give one"],
  ["equivalent --to sphereface-r2 --at 1",                "the value of sphereface-r2 does not depend on its m"],
  ["equivalent --to arcface --theta-12 0",                "--theta-12: theta_12 is 0: it must lie from 1e-100 to pi"],
  ["loss --competing 1",                      "the target angle is missing: give --theta, such as --theta 1.2"],
  ["loss --theta 1",                          "competing angles are missing: give --competing, such as --competing 1.5,pi/2"],
  ["descend --start 1 --competing 1 --scale 0",  "--scale: 0 is out of range: it must be above 0 and at most 1e+100"],
  ["loss --theta 1 --competing 1 --scale -1", "--scale: -1 is out of range: it must lie from 0 to 1e+100"],
  ["loss --lambda 1,2 --m @m --input -",      "--lambda: one value goes with a @column in the other of --m and --lambda"],
  ["loss --theta 1 --competing 1 --lambda @l --functions naive", "--m and --lambda are short for --functions asoftmax:m=..:lambda=..: give one or the other"],
  ["loss --lambda @l --m 2,3 --input -",      "--m: one value goes with a @column in the other of --m and --lambda"],
  ["compare",                                 "angles are missing: give --theta, such as --theta 0.5, or --points"],
  ["compare --functions naive --lambda 0 --theta 1", "--m and --lambda are short for --functions asoftmax:m=..:lambda=..: give one or the other"],
  ["compare --theta 1 --points 3",            "--theta and --points both give angles: use one"],
  ["boundary --theta-12 0",                   "--theta-12: theta_12 is 0: it must lie from 1e-100 to pi"],
  ["boundary --theta-12 4",                   `--theta-12: 4 lies above pi (3.141592653589793): ${DOMAIN}`],
  ["boundary --theta12 1",                    "unknown option '--theta12': did you mean --theta-12?"],
  ["bounds --m 0.5",                          "--m: m is 0.5: it must lie from 1 to 2^20"],
  ["bounds --functions naive",                "unknown option '--functions'"],
  ["anneal --m 2,3",                          "--m: give one value here"],
  ["anneal --theta-12 1,2",                   "--theta-12: give one value here"],
  ["anneal --preset spherface",               '--preset: "spherface" is not known: did you mean sphereface?'],
  ["anneal --gamma -1",                       "--gamma: -1 is out of range: it must lie from 0 to 1e+100"],
  ["anneal --base inf",                       '--base: "inf" is not a number: write a decimal number such as 4 or 1.5'],
  ["anneal --iterations 1.5",                 "--iterations: 1.5 is not a whole number"],
  ["anneal --iterations 1,,2",                '--iterations: "1,,2" has an empty place: write a list as 1,2,3'],
  ["anneal --iterations -1",                  "--iterations: -1 is out of range: it must lie from 0 to 1000000000000000"],
  ["descend --competing 1.5",                 "the start is missing: give --start, such as --start 2"],
  ["descend --start 2",                       "the competing angle is missing: give --competing, such as --competing 1.5"],
  ["descend --start 2 --competing 1,2",       "--competing: give one value here"],
  ["descend --start 2,3 --competing 1",       '--start: "2,3" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg'],
  ["descend --start 2 --competing 1 --rate 0", "--rate: 0 is out of range: it must be above 0 and at most 1e+100"],
  ["descend --start 2 --competing 1 --steps 0", "--steps: 0 is out of range: it must lie from 1 to 1000000"],
  ["descend --start 2 --competing 1 --scale 1,2", "--scale: give one value here"],
  ["descend --start 2 --competing 1 --lambda 5 --base 9", "a schedule gives lambda at each step: leave lambda out of the functions"],
  ["descend --minima",                        "the competing angle is missing: give --competing, such as --competing 1.5"],
  ["audit",                                   "the table is missing: give --input, a file or - for standard input"],
  ["audit --input - --value @",               '--value: "@" is no column: write @ and its name, such as @psi'],
  ["audit --input - --theta t --cosine c",    "--theta and --cosine both name the angles: use one"],
  ["audit --input - --scale 0",               "--scale: 0 is out of range: it must be above 0 and at most 1e+100"],
  ["audit --input - --dtype float8",          '--dtype: "float8" is not known: did you mean float64?'],
  ["audit --input - --prefix x",              "unknown option '--prefix'"],
  ["psi --output ''",                         "--output: the value is empty"],
  ["psi --input - --delimiter ab",            "--delimiter: \"ab\" is not one ASCII character (nor a quote): write one such as ';'"],
  ["psi --input - --delimiter §",             "--delimiter: \"§\" is not one ASCII character (nor a quote): write one such as ';'"],
  ["psi --input - --bad-rows drop",           '--bad-rows: "drop" is not known: choose from stop, skip, keep'],
  ["psi --input - --input-format xls",        '--input-format: "xls" is not known: choose from csv, tsv, jsonl, parquet'],
];

describe("a wrong command line gives one line that says what is wrong and which page of help to read, and status 2", () => {
  test.concurrent.each(cases)("asoftmax %s", async (line, message) => {
    const command = /^(-|help|psy|pis)/.test(line) ? "" : `${words(line)[0]} `;
    const stderr = `asoftmax: ${message} (see asoftmax ${command}--help)\n`;
    expect(await asoftmax(words(line), { cwd })).toEqual({ status: 2, stdout: "", stderr });
  });
});

// biome-ignore format: a table
const unusable: [args: string, message: string][] = [
  ["psi --output none/such/x.csv",            "cannot write none/such/x.csv: no such file or directory"],
  ["psi --output .",                          "cannot write .: it is a directory"],
  ["psi --output /dev/full",                  "cannot write /dev/full: no space left on device"],
  ["psi --input none.csv",                    "cannot read none.csv: no such file or directory"],
  ["psi --input .",                           ". is a directory: name a file"],
  ["audit --input none.csv",                  "cannot read none.csv: no such file or directory"],
  ["psi --input -",                           "standard input is empty: it needs at least a header line"],
];

describe("a file that cannot be read or written gives one line, and status 2", () => {
  test.concurrent.each(unusable)("asoftmax %s", async (line, message) => {
    expect(await asoftmax(words(line), { cwd })).toEqual({ status: 2, stdout: "", stderr: `asoftmax: ${message}\n` });
  });
});

// biome-ignore format: a table
const files: [args: string, stdin: string, message: string][] = [
  ["inverse",                     "psi\n1\n-7.1\n",              "standard input line 3: column psi: psi for m = 4 is -7.1: it must lie from -7 to 1"],
  ["inverse --psi @v",            "v\n2\n",                      "standard input line 2: column v: psi for m = 4 is 2: it must lie from -7 to 1"],
  ["inverse",                     "theta\n2\n",                  'standard input: there is no column "psi": choose from theta'],
  ["loss --lambda @l",            "theta_y,theta_j,l\n1,2,-1\n", "standard input line 2: column l: lambda is -1: it must lie from 0 to 1e+100"],
  ["loss --scale @s",             "theta_y,theta_j,s\n1,2,-1\n", "standard input line 2: column s: scale is -1: it must lie from 0 to 1e+100"],
  ["loss --m @m",                 "theta_y,theta_j,m\n1,2,0\n",  "standard input line 2: column m: m is 0: it must lie from 1 to 2^20"],
  ["loss --classes @n",           "theta_y,n\n1,2\n1,0\n",        "standard input line 3: the number of classes is 0: it must be a whole number from 1 to 2^53"],
  ["inverse --value @v",          "v\nx\n",                     'standard input line 2: column v: "x" is not a decimal number'],
  ["inverse --loss @l --classes 5", "l\n0\n",                   "standard input line 2: loss is 0: it must be above 0 and at most 1e+100"],
  ["loss",                        "theta_y,theta_j\n1,\n",       "standard input line 2: column theta_j: the cell is empty: it needs a number"],
  ["compare --m @m",              "theta,m\n1,four\n",           'standard input line 2: column m: "four" is not a decimal number'],
  ["compare",                     "theta,value\n1,a\n",          'the input has a column "value" already: give --prefix, such as --prefix new_'],
  ["audit",                       "theta,value\n",                "the table has no rows: nothing to audit"],
  ["audit",                       "",                             "standard input is empty: it needs at least a header line"],
  ["audit --value @psj",          "theta,psi\n1,2\n",            'standard input: there is no column "psj": did you mean psi?'],
  ["audit",                       "theta,value\n4,2\n",          "standard input line 2: column theta: 4 lies above pi: an angle lies in [0, pi]; for degrees give --degrees"],
  ["audit",                       "theta,value\n1,x\n",          'standard input line 2: column value: "x" is not a decimal number'],
  ["audit",                       "theta,value\n-0.5,2\n",       "standard input line 2: column theta: -0.5 lies below 0: an angle lies in [0, pi]; for cosines give --cosine @theta"],
  ["audit --cosine @c",           "c,value\n1.5,2\n",            "standard input line 2: column c: a cosine is 1.5: it must lie from -1 to 1"],
  ["audit --scale @s",            "theta,value,s\n1,2,0\n",      "standard input line 2: column s: scale is 0: it must be above 0 and at most 1e+100"],
  ["audit",                       "theta,value\nNaN,1\n",        'standard input line 2: column theta: "NaN" is not a finite number'],
  ["audit --gradient @g",         "theta,value,g\n1,1,\n",       "standard input line 2: column g: the cell is empty: it needs a number"],
];

describe("so does a wrong file", () => {
  test.concurrent.each(files)("asoftmax %s, given %j", async (line, stdin, message) => {
    const ran = await asoftmax([...words(line), "--input", "-"], { stdin });
    expect([ran.status, withoutHelp(ran.stderr)]).toEqual([2, `asoftmax: ${message}\n`]);
  });
});

const FULL = "asoftmax: cannot write to standard output: no space left on device\n";

test.concurrent.each([
  "psi",
  "psi --points 20000",
  "psi --format json",
  "plot --format table",
  "--help",
  "help psi",
  "--version",
])("a full disk under standard output: asoftmax %s > /dev/full", async (line) => {
  expect(await sh(`asoftmax ${line} > /dev/full`)).toEqual({ status: 2, stdout: "", stderr: FULL });
});

// biome-ignore format: a table
const escapes: [args: string[], message: string][] = [
  [["psi", "--theta", "\x1b[2J"],               '--theta: "\\x1b[2J" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg'],
  [["psi", "--input", "\x1b]0;x\x07\u009b.csv"], "cannot read \\x1b]0;x\\x07\\u009b.csv: no such file or directory"],
  [["p\nsi"],                                   'there is no command "p\\nsi": did you mean psi?'],
  [["psi", "--\ttheta", "1"],                   "unknown option '--\\ttheta': did you mean --theta?"],
  [["psi", "--theta", "1".repeat(5000)],        `--theta: ${"1".repeat(84)} ... 4,832 more characters ... ${"1".repeat(84)} is too large for a double`],
];

test.concurrent.each(escapes)("what was given is shown without escapes, and in short: %j", async (args, message) => {
  const { status, stdout, stderr } = await asoftmax(args, { cwd });
  expect([status, stdout, withoutHelp(stderr)]).toEqual([2, "", `asoftmax: ${message}\n`]);
});

// biome-ignore format: a table
const cells: [name: string, args: string, stdin: string, message: string | RegExp][] = [
  ["an escape in a cell",     "psi --input -",  "theta\nabc\x1b[2J\x1b]0;pwned\x07\n", 'standard input line 2: column theta: "abc\\x1b[2J\\x1b]0;pwned\\x07" is not a decimal number'],
  ["an escape in a name",     "psi --input -",  "thet\x1b[2J\n1\n",                    'standard input: there is no column "theta": choose from thet\\x1b[2J'],
  ["a cell of 5 MB",          "psi --input -",  `theta\n${"a b ".repeat(1_250_000)}\n`, /column theta: "[ab ]+ \.\.\. 4,999,831 more characters \.\.\. [ab ]+" is not a decimal number$/],
  ["5,000 names",             "psi --input -",  `${Array.from({ length: 5000 }, (_, i) => `name_${i}`)}\n`, /there is no column "theta": choose from name_0, name_1, [^.]+, \.\.\. 4,97\d more$/],
  ["a label of 5 MB",         "margin --input - --label l --competing @theta_*", `l,theta_a,theta_b\n${"a b ".repeat(1_250_000)},1,1\n`, /is that of class "[ab ]+ \.\.\. 4,999,831 more characters \.\.\. [ab ]+"$/],
];

test.concurrent.each(cells)("%s is shown without escapes, and in short", async (_, args, stdin, message) => {
  const { status, stdout, stderr } = await asoftmax(words(args), { stdin });
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr.length).toBeLessThan(420);
  if (typeof message === "string") expect(withoutHelp(stderr)).toBe(`asoftmax: ${message}\n`);
  else expect(withoutHelp(stderr).trimEnd()).toMatch(message);
});

describe("without WebAssembly", () => {
  const jitless = (line: string) => run(process.execPath, ["--jitless", bin, ...words(line)], { cwd });

  test.each([
    "psi --theta 1,2",
    "compare --theta 1 --format jsonl",
    "bounds --format json",
    "claims --format tsv",
    "plot",
  ])("asoftmax %s gives the same", async (line) => {
    const { status, stdout } = await jitless(line);
    expect([status, stdout]).toEqual([0, (await asoftmax(words(line))).stdout]);
  });

  test("a file is refused in one line", async () => {
    writeFileSync(join(cwd, "f.csv"), "theta\n1\n");
    const { status, stdout, stderr } = await jitless("psi --input f.csv");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr.split("\n").filter((text) => !text.startsWith("Warning: "))).toEqual([
      "asoftmax: files are read by WebAssembly with SIMD, which this Node lacks: run another, without --jitless",
      "",
    ]);
  });
});

test("too few file handles for threads: one line", async () => {
  writeFileSync(join(cwd, "long.csv"), `theta\n${"1.25\n".repeat(5_000_000)}`);
  const { status, stderr } = await sh("ulimit -n 40; asoftmax psi --threads 64 --input long.csv > /dev/null", { cwd });
  const reason = "there are too few file handles: raise their limit (ulimit -n), or give --threads 1";
  expect([status, stderr]).toEqual([2, `asoftmax: ${reason}\n`]);
});
