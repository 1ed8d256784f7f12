import { DataError } from "./errors.ts";
import { withNames } from "./shown.ts";

/**
 * Files that are not read, by their first bytes (one character each), and the Python that makes a .npz of each.
 * PyTorch's new format is a zip archive, which its members tell; the first pickle of the old one is a number.
 */
// biome-ignore format: a table
const refusals = [
  { kind: "PyTorch", begins: /^\x80.\x8a\nl\xfc\x9cF\xf9 j\xa8P/, python: "import torch, numpy as np; d = torch.load('FILE', map_location='cpu'); d = d.get('state_dict', d) if isinstance(d, dict) else {'x': d}; np.savez('converted.npz', **{k: v.detach().float().numpy() for k, v in d.items() if torch.is_tensor(v)})" },
  { kind: "a pickle", begins: /^(\x80[^ -\xff]|\(dp|cnumpy|ccopy_reg)/, python: "import pickle, numpy as np; d = pickle.load(open('FILE', 'rb')); np.savez('converted.npz', **(d if isinstance(d, dict) else {'x': d}))" },
  { kind: "HDF5", begins: /^(\x89HDF\r\n|MATLAB 7\.3 )/, python: "import h5py, numpy as np; d = {}; h5py.File('FILE').visititems(lambda k, v: d.update({k: v[()]}) if isinstance(v, h5py.Dataset) else None); np.savez('converted.npz', **d)" },
  { kind: "a MATLAB file", begins: /^MATLAB /, python: "import scipy.io, numpy as np; np.savez('converted.npz', **{k: v for k, v in scipy.io.loadmat('FILE').items() if k[0] != '_'})" },
] as const;

/** The error that names the kind of a file and the Python that converts it. */
export const refusal = (path: string, wanted: (typeof refusals)[number]["kind"]): DataError => {
  const { kind, python } = refusals.find(({ kind }) => kind === wanted)!;
  return new DataError(`${path} is ${kind}: convert it: python3 -c "${withNames(python, path)}"`);
};

/** The error for a file whose first bytes are those of a kind that is not read; undefined for any other file. */
export function refused(path: string, head: string): DataError | undefined {
  const found = refusals.find(({ begins }) => begins.test(head));
  return found && refusal(path, found.kind);
}
