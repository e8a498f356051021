"""A Dovecot of one's own."""

from pathlib import Path

from tests.support.mail_servers.program import Program, configured, give


def dovecot(template: Path, folder: Path, *, ports: dict[int, int], changes: dict[str, str]) -> Program:
    """Start a Dovecot as ``template`` says, with other ports and paths; mail is the account nobody's."""
    for name in ("run", "state", "mail"):
        (folder / name).mkdir(parents=True)
    give(folder / "mail", "nobody", 0o755)
    text = configured(template, {f"port = {old}": f"port = {new}" for old, new in ports.items()} | changes)
    text = text.replace("/var/log/dovecot.log", str(folder / "dovecot.log"))
    file = folder / "dovecot.conf"
    file.write_text(f"base_dir = {folder / 'run'}\nstate_dir = {folder / 'state'}\n{text}")
    return Program("dovecot", ["/usr/sbin/dovecot", "-F", "-c", str(file)], folder, list(ports.values()))
