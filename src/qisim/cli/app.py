"""The command that opens the planner's page."""

from __future__ import annotations

import webbrowser
from collections.abc import Sequence
from pathlib import Path

import click

from qisim.cli.options import site_option


@click.command()
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...")
@click.option("--save", "target", type=click.Path(dir_okay=False), metavar="FILE",
              help="Write the page to this file and open nothing.")  # fmt: skip
@click.option(
    "--language", metavar="en|nb", help="Language of the page: English or Norwegian (bokmål)."
)
@site_option
@click.option("--serve", is_flag=True, help="Serve the page on this computer's own address, for browsers "
              "that refuse local files; Ctrl-C stops it.")  # fmt: skip
def app(
    scenarios: Sequence[str],
    target: str | None,
    language: str | None,
    site: str | None,
    serve: bool,
) -> None:
    """Open the planner's page.

    It is a single file that runs the model itself, offline. SCENARIOs are the plans to start with; the
    ward is that of the first.
    """
    from qisim.app.data import PLANS
    from qisim.scenario.ward import in_ward

    if site is not None and not scenarios:
        scenarios = PLANS[:2]
    with in_ward(site, *scenarios):
        _open(scenarios, target, language, serve)


def _open(scenarios: Sequence[str], target: str | None, language: str | None, serve: bool) -> None:
    """Write, serve or open the page."""
    from qisim.app import build

    for line in build.ward_notes(scenarios):
        click.echo(line, err=True)
    if target is not None:
        build.save(Path(target), scenarios, language)
        click.echo(f"{click.format_filename(target)} is written; any browser opens it")
    elif serve:
        _serve(build.page(scenarios, language))
    else:
        file = build.cached(scenarios, language)
        click.echo(f"{click.format_filename(file)} is the page")
        if not webbrowser.open(file.as_uri()):
            click.echo("no browser was found; open that file yourself", err=True)


def _serve(page: str) -> None:
    """Offer one page on the loopback address until somebody stops it."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    content = page.encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path.split("?")[0] == "/"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content) if found else 0))
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            if found:
                self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        click.echo(f"{address} (Ctrl-C ends it)")
        webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("ended", err=True)
