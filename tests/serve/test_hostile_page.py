"""A page of somebody else, opened in a real browser on this computer, cannot change anything."""

import asyncio
import html
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.serve.fake import FakeRack
from tmserve.app import Server

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)

# everything that needs no permission of ours: simple requests, forms, beacons, images, our names
PAGE = """<!doctype html><p id=said>nothing</p><iframe name=frame></iframe>
<form id=form method=post enctype=text/plain target=frame action=URL/task>
<input name='{"serials":["R58M1"],"script_name":"post","script_config":{},"a":"' value='"}'></form>
<img src=URL/task/1/stop>
<script type=module>
const body = JSON.stringify({serials: ["R58M1"], script_name: "post", script_config: {}});
const json = {"Content-Type": "application/json"}, said = [];
const octets = "application/octet-stream";
const tries = {
  asked: ["URL/task", {method: "POST", headers: json, body}],
  plain: ["URL/task", {method: "POST", body, mode: "no-cors"}],
  blob: ["URL/task", {method: "POST", body: new Blob([body], {type: "application/json"})}],
  empty: ["URL/task/retry-all", {method: "POST", mode: "no-cors"}],
  put: ["URL/settings", {method: "PUT", headers: json, body: '{"auto_retry": true}'}],
  remove: ["URL/task/batch", {method: "DELETE", headers: json, body: '{"task_ids": [101]}'}],
  file: ["URL/material?name=a.mp4", {method: "POST", body: new Blob([body], {type: octets})}],
  read: ["URL/task", {}],
  name: ["URL/task".replace("127.0.0.1", "localhost"), {method: "POST", body, mode: "no-cors"}],
  zero: ["URL/task".replace("127.0.0.1", "0.0.0.0"), {method: "POST", body, mode: "no-cors"}],
};
for (const [name, [url, options]] of Object.entries(tries)) {
  try { const answer = await fetch(url, options); said.push(name + ":" + answer.type); }
  catch { said.push(name + ":blocked"); }
}
said.push("beacon:" + navigator.sendBeacon("URL/task", body));
document.getElementById("form").submit();
await new Promise(done => setTimeout(done, 500));
document.getElementById("said").textContent = said.join(" ") + " end";
</script>"""


@contextmanager
def page(text: str) -> Iterator[str]:
    """Serve a page from an origin of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


async def opened(url: str, profile: str) -> str:
    """Open an address in the browser, wait for its scripts, and return what it shows."""
    assert BROWSER
    process = await asyncio.create_subprocess_exec(
        BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--no-proxy-server",
        "--virtual-time-budget=15000", f"--user-data-dir={profile}", "--dump-dom", url,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    out, _ = await process.communicate()
    return html.unescape(out.decode())


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here; apt-get install chromium")
@pytest.mark.timeout(120)
async def test_hostile_page(rack: FakeRack, server: Server, tmp_path: object) -> None:
    """It tries whatever a page can send without asking, and reads nothing and changes nothing."""
    before = await rack.settings()

    with page(PAGE.replace("URL", f"{server.url}/api/v1")) as url:
        shown = await opened(url, f"{tmp_path}/profile")

    said = re.search("<p id=.said.>(.*?)</p>", shown)
    assert said, shown[:500]
    assert said[1].endswith(" end")
    for name in ("asked", "blob", "put", "remove", "read"):
        assert f"{name}:blocked" in said[1]
    assert "plain:opaque" in said[1], "it was sent, and what came back cannot be read"
    assert not rack.touched
    assert await rack.settings() == before


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here; apt-get install chromium")
@pytest.mark.timeout(120)
async def test_docs_in_a_browser(server: Server, tmp_path: object) -> None:
    """The page of the contract shows every route in a browser that reaches nothing else."""
    shown = await opened(f"{server.url}/docs", f"{tmp_path}/profile")

    assert shown.count("<article") > 40
    assert "/api/v1/task/{id}/resolve" in shown
