"""An OpenDKIM of one's own, which looks up keys at a name server of one's own."""

from pathlib import Path

from tests.support.mail_servers.program import Program, configured, give

UNBOUND = """server:
  do-not-query-localhost: no
  module-config: "iterator"
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{port}
"""


def opendkim(template: Path, folder: Path, *, port: int, names: int, changes: dict[str, str]) -> Program:
    """Start an OpenDKIM as ``template`` says, on ``port``, that asks the name server on port ``names``."""
    folder.mkdir(parents=True)
    give(folder, "opendkim", 0o755)
    (folder / "unbound.conf").write_text(UNBOUND.format(port=names))
    own = {"inet:8891@127.0.0.1": f"inet:{port}@127.0.0.1", "/run/opendkim/": f"{folder}/"}
    text = configured(template, own | changes)
    file = folder / "opendkim.conf"
    # Two first messages at once may end it: libunbound reads its file with a scanner that is not for two at a time
    # ("flex scanner internal error"). On a real machine systemd starts it again, here it does so itself.
    file.write_text(
        f"{text}\nResolverConfiguration {folder / 'unbound.conf'}\nAutoRestart yes\nAutoRestartRate 10/1m\n"
    )
    return Program("opendkim", ["/usr/sbin/opendkim", "-f", "-x", str(file)], folder, [port])
