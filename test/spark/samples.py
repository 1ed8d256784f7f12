"""Writes what recipe.test.ts measures: w.npy, f.npy, l.npy, and the same samples as four Parquet files in embeddings; or the table of a csv file so."""

import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

SAMPLES, CLASSES, COMPONENTS = 4003, 40, 16


def embeddings():
    random = np.random.default_rng(22)
    weights = random.random((CLASSES, COMPONENTS), np.float32) - np.float32(0.5)
    labels = random.integers(0, CLASSES, SAMPLES)
    noise = random.random((SAMPLES, COMPONENTS), np.float32) - np.float32(0.5)
    features = weights[labels] + np.float32(0.5) * noise
    for name, array in {"f": features, "l": labels, "w": weights}.items():
        np.save(f"{name}.npy", array)
    return pa.table({"label": labels, "features": list(features)})


table = pa.csv.read_csv(sys.argv[1]) if len(sys.argv) > 1 else embeddings()
os.mkdir("embeddings")
for i in range(4):
    pq.write_table(table.take(list(range(i, table.num_rows, 4))), f"embeddings/{i}.parquet")
