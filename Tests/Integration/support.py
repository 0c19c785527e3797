"""A workspace, a server on a free port, and calls to them, as a user would make them."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("BREAKEVEN", str(ROOT / "bin" / "breakeven"))
CACHE = pathlib.Path(os.environ.get("BREAKEVEN_CACHE", pathlib.Path.home() / ".cache" / "breakeven"))
MODEL_FILE = str(CACHE / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf")
MODEL = "smollm2-135m-instruct"
EMBEDDING_FOLDER = str(CACHE / "models" / "all-MiniLM-L6-v2")
EMBEDDING_MODEL = "all-minilm-l6-v2"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(*arguments, check=True, timeout=120, env=None):
    """Runs the program; returns (status, standard output, standard error)."""
    done = subprocess.run(
        [PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
        env={**os.environ, **(env or {})})
    if check and done.returncode != 0:
        raise AssertionError(f"breakeven {' '.join(map(str, arguments))}: {done.stderr}")
    return done.returncode, done.stdout, done.stderr


class Workspace:
    def __init__(self, parent=None, configuration=""):
        self.parent = parent or tempfile.mkdtemp(prefix="breakeven-test-")
        self.path = os.path.join(self.parent, "ws")
        run("init", self.path)
        if configuration:
            with open(os.path.join(self.path, "breakeven.yaml"), "w") as f:
                f.write(configuration)

    def run(self, *arguments, **options):
        return run(*arguments, "--workspace", self.path, **options)

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "--json", **options)[1])

    def price(self, model=MODEL, input="0.50", cached="0.10", output="2.00", currency="USD", *more):
        self.run("price", "set", model, "--input", input, "--cached", cached, "--output", output,
                 "--currency", currency, *more)

    def key(self, customer, credit=None, *more):
        arguments = ["key", "create", "--customer", customer, *more]
        if credit is not None:
            arguments += ["--credit", credit]
        return self.run(*arguments)[1].strip().splitlines()[-1]

    def customer_with_key(self, name, credit=None):
        self.run("customer", "create", name)
        return self.key(name, credit)

    def verify(self):
        return self.json("ledger", "verify", check=False)

    def close(self):
        shutil.rmtree(self.parent, ignore_errors=True)


class Server:
    def __init__(self, workspace, model=MODEL_FILE, port=None, log=None):
        self.workspace, self.model, self.port = workspace, model, port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = log or os.path.join(workspace.parent, "server.log")
        self.process = None

    def start(self, wait=True):
        arguments = [PROGRAM, "up", "--workspace", self.workspace.path,
                     "--listen", f"127.0.0.1:{self.port}"]
        if self.model:
            arguments += ["--model", self.model]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        if wait:
            self.wait()
        return self

    def wait(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError("the server ended: " + open(self.log).read()[-2000:])
            try:
                with urllib.request.urlopen(self.base + "/readyz", timeout=2) as r:
                    if r.status == 200:
                        return
            except (OSError, urllib.error.URLError):
                pass
            time.sleep(0.05)
        raise AssertionError("the server is not ready: " + open(self.log).read()[-2000:])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise AssertionError("the server did not stop on SIGINT")
        return self.process.returncode

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def post(self, path, body, key=None, headers=None, timeout=60):
        """Returns (status, headers, parsed body)."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, headers={
            "content-type": "application/json",
            **({"authorization": f"Bearer {key}"} if key else {}), **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as r:
                return r.status, dict(r.headers), json.loads(r.read())
        except urllib.error.HTTPError as e:
            text = e.read()
            return e.code, dict(e.headers), json.loads(text) if text else None

    def chat(self, key, text="Say hello.", model=MODEL, max_tokens=16, **more):
        return self.post("/v1/chat/completions", {
            "model": model, "max_tokens": max_tokens,
            "messages": [{"role": "user", "content": text}], **more}, key)
