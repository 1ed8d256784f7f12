import { inPython } from "./array-file.ts";
import { DataError } from "./errors.ts";

/** Files that are not read, by their first bytes (one character each), and the Python that makes a .npz of each. */
const refusals: readonly { readonly name: string; readonly begins: RegExp; readonly python: string }[] = [
  {
    name: "PyTorch",
    // The first pickle of the old format is a number; the new one is a zip archive, which another knows.
    begins: /^\x80.\x8a\nl\xfc\x9cF\xf9 j\xa8P/,
    python:
      "import torch, numpy as np; d = torch.load('FILE', map_location='cpu'); d = d.get('state_dict', d) if isinstance(d, dict) else {'x': d}; np.savez('converted.npz', **{k: v.detach().float().numpy() for k, v in d.items() if torch.is_tensor(v)})",
  },
  {
    name: "a pickle",
    begins: /^(\x80[^ -\xff]|\(dp|cnumpy|ccopy_reg)/,
    python:
      "import pickle, numpy as np; d = pickle.load(open('FILE', 'rb')); np.savez('converted.npz', **(d if isinstance(d, dict) else {'x': d}))",
  },
  {
    name: "HDF5",
    begins: /^(\x89HDF\r\n|MATLAB 7\.3 )/,
    python:
      "import h5py, numpy as np; d = {}; h5py.File('FILE').visititems(lambda k, v: d.update({k: v[()]}) if isinstance(v, h5py.Dataset) else None); np.savez('converted.npz', **d)",
  },
  {
    name: "a MATLAB file",
    begins: /^MATLAB /,
    python:
      "import scipy.io, numpy as np; np.savez('converted.npz', **{k: v for k, v in scipy.io.loadmat('FILE').items() if k[0] != '_'})",
  },
];

/** The error that names a kind of file and what converts it. */
export const refusal = (path: string, kind: string): DataError => {
  const { python } = refusals.find(({ name }) => name === kind)!;
  return new DataError(
    `${path} is ${kind}: convert it: python3 -c "${python.replace("FILE", inPython(path, "FILE"))}"`,
  );
};

/** Throws DataError for a file that begins like one that is not read. */
export function refuse(path: string, head: string): void {
  const found = refusals.find(({ begins }) => begins.test(head));
  if (found) throw refusal(path, found.name);
}
