"""The hosts that a provider lives in: Hadoop's S3A in several versions, an EMRFS-like one, and Spark."""
