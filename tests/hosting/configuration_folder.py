"""The folder that Hadoop and Spark find their site configuration and logging in, as on a cluster's node."""

from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

LOG4J = """\
log4j.rootLogger=INFO, console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{HH:mm:ss.SSS} %p %c: %m%n
"""

# The same for Spark, whose own default is to say little.
LOG4J2 = """\
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss.SSS} %p %c: %m%n%ex
"""


def write(folder: Path, settings: Mapping[str, str], groups: Mapping[str, str]) -> Path:
    """Fill a folder; `groups` maps each user to a group. Hadoop takes groups from a site file alone."""
    folder.mkdir(parents=True, exist_ok=True)
    overrides = "".join(f"{user}={group};" for user, group in groups.items())
    everything = {**settings, "hadoop.user.group.static.mapping.overrides": overrides}
    (folder / "core-site.xml").write_text(_site(everything))
    (folder / "log4j.properties").write_text(LOG4J)
    (folder / "log4j2.properties").write_text(LOG4J2)
    return folder


def _site(settings: Mapping[str, str]) -> str:
    properties = "".join(
        f"  <property><name>{escape(name)}</name><value>{escape(value)}</value></property>\n"
        for name, value in settings.items()
    )
    return f'<?xml version="1.0"?>\n<configuration>\n{properties}</configuration>\n'
