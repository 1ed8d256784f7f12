import { inverse } from "../../core/inverse.ts";
import { psi } from "../../core/psi.ts";
import { command } from "../command.ts";
import { UsageError } from "../errors.ts";
import { inRow, marginInput } from "../inputs.ts";
import { inputOptions } from "../options.ts";
import { isColumn } from "../parse.ts";
import { computeRows, type Input } from "../rows.ts";
