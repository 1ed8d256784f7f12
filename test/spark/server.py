"""Runs SQL in Spark for engine.ts: a JSON request a line in, a JSON answer a line out."""

import json
import math
import os
import sys
import tempfile

from pyspark.sql import SparkSession


def plain(value):
    """JSON has no NaN and no infinities."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what Spark prints does not come between the answers

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "4")
    .config("spark.sql.warehouse.dir", tempfile.mkdtemp())
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")

for line in sys.stdin:
    request = json.loads(line)
    try:
        if "parquet" in request:
            spark.read.parquet(request["parquet"]).createOrReplaceTempView(request["table"])
            answer = {"rows": []}
        else:
            frame = spark.sql(request["sql"])
            answer = {"rows": [dict(zip(frame.columns, map(plain, row))) for row in frame.collect()]}
    except Exception as error:  # the test that asked shows it
        answer = {"error": str(error)}
    print(json.dumps(answer), file=answers, flush=True)
