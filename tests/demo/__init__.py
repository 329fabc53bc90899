"""The demo: the scenario of EMRFS authorization, run by real Spark against an AWS on this machine."""
