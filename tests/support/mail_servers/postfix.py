"""A Postfix of one's own. Its master must be root's, and drops what each of its daemons does not need."""

from pathlib import Path

from tests.support.mail_servers.program import Program, configured, run

NOWHERE = "error:5.4.4 nothing leaves this machine"


def postfix(source: Path, folder: Path, *, ports: dict[str, int], settings: dict[str, str]) -> Program:
    """Start a Postfix with the files ``main.cf`` and ``master.cf`` of ``source``.

    ``ports``: the ``service`` of a line of master.cf -> the port of 127.0.0.1 where it listens.
    ``settings``: what is different here from main.cf. Pauses are short, and nothing is ever sent beyond this machine.
    """
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir(parents=True)
    etc, log = folder / "etc", folder / "postfix.log"
    run("/usr/bin/chown", "postfix", folder / "data")
    lines = {f"\n{service} ": f"\n127.0.0.1:{port} " for service, port in ports.items()}
    (etc / "master.cf").write_text(configured(source / "master.cf", lines))
    (etc / "main.cf").write_text((source / "main.cf").read_text())
    own = {
        "queue_directory": str(folder / "queue"),
        "data_directory": str(folder / "data"),
        "maillog_file": str(log),
        "maillog_file_prefixes": str(folder),
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "default_transport": NOWHERE,
        "smtp_dns_support_level": "disabled",
        "smtp_host_lookup": "native",
        "smtpd_peername_lookup": "no",
        "queue_run_delay": "2s",
        # Not shorter: a queue manager that comes back at once finds the message still held by whoever put it off.
        "minimal_backoff_time": "3s",
        "maximal_backoff_time": "4s",
        "address_verify_negative_refresh_time": "1s",
        "address_verify_negative_expire_time": "2s",
        "address_verify_poll_delay": "1s",
    }
    run("/usr/sbin/postconf", "-c", etc, "-e", *(f"{key}={value}" for key, value in (own | settings).items()))
    words = ["/usr/sbin/postfix", "-c", str(etc), "start-fg"]
    return Program("postfix", words, folder, list(ports.values()), folder / "queue" / "pid" / "master.pid")


def reconfigured(folder: Path, settings: dict[str, str]) -> None:
    """Change settings of a Postfix that runs, as `postconf -e` and `postfix reload` do."""
    run("/usr/sbin/postconf", "-c", folder / "etc", "-e", *(f"{key}={value}" for key, value in settings.items()))
    run("/usr/sbin/postfix", "-c", folder / "etc", "reload")


def settings_in(file: Path) -> dict[str, str]:
    """Return the settings in a file of lines ``name = value``."""
    lines = [line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}
