"""A Spark application of one caller: tries to read rows from each location, and writes down what it saw.

`python read_buckets.py JOB.json`: the file names the Spark settings, the locations, and where the answers go.
"""

import json
import sys
import time
from pathlib import Path

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession


def main() -> None:
    """Run the job; each answer is a line of its own, written at once."""
    job = json.loads(Path(sys.argv[1]).read_text())
    builder = SparkSession.builder
    for name, value in job["settings"].items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    try:
        with Path(job["answers"]).open("w") as answers:
            for location in job["locations"]:
                answers.write(json.dumps({"location": location} | read(spark, location)) + "\n")
                answers.flush()
                time.sleep(job.get("pause", 0))
    finally:
        spark.stop()


def read(spark: SparkSession, location: str) -> dict[str, object]:
    """The rows of a location, or the error with the Java exceptions behind it."""
    try:
        rows = spark.read.option("header", True).csv(location).collect()
        return {"rows": [row.asDict() for row in rows]}
    except (Py4JJavaError, PySparkException) as error:
        return {"error": str(error)}


if __name__ == "__main__":
    main()
