"""The two sides of a row: how each is started, asked and timed."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("BREAKEVEN_CACHE", pathlib.Path.home() / ".cache" / "breakeven"))
PROGRAM = os.environ.get("BREAKEVEN", str(HERE.parents[1] / "bin" / "breakeven"))
TOOLS = pathlib.Path(os.environ.get("LLAMA_TOOLS", CACHE / "llama.cpp-0.3.36"))
THREADS = int(os.environ.get("THREADS", "2"))
PORT = int(os.environ.get("PORT", "9300"))
PEER = os.environ.get("PEER", "llama-server")
# llama.cpp takes the better of these; which one that is depends on model and load.
FLASH = ["on", "off"]


def model(name):
    return str(CACHE / "models" / name)


DEMO = model("SmolLM2-135M-Instruct.Q4_1.gguf")


def output(command, **options):
    """Standard output of a command; ends the run with what it said when it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr[-3000:]}")
    return done.stdout


# Inside one process

def our_speed(path, part, **lengths):
    """Tokens a second of one round. `part`: prompt, decode or batches."""
    report = json.loads(output([
        PROGRAM, "bench", path, "--json", "--rounds", 1, "--threads", THREADS, "--parts", part,
        "--prompt-tokens", lengths.get("prompt", 512), "--output-tokens", lengths.get("answer", 128),
        "--depth", lengths.get("depth", 128), "--concurrency", lengths.get("batch", 1)]))
    found = report["batches"][0] if part == "batches" else report[part]
    return found["tokens_per_second"]


def llama_speed(path, part, flash, **lengths):
    """The same by llama.cpp's own `llama-bench` and `llama-batched-bench`."""
    common = ["-m", path, "-t", THREADS, "-fa", flash]
    prompt, answer = lengths.get("prompt", 512), lengths.get("answer", 128)
    depth, batch = lengths.get("depth", 128), lengths.get("batch", 1)
    if part == "batches":
        text = output([
            TOOLS / "llama-batched-bench", *common, "-tb", THREADS, "-npp", depth, "-ntg", answer,
            "-npl", batch, "-c", batch * (depth + answer), "--output-format", "jsonl"])
        rows = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return rows[-1]["speed_tg"]
    what = ["-p", prompt, "-n", 0] if part == "prompt" else ["-p", 0, "-n", answer, "-d", depth]
    rows = json.loads(output([TOOLS / "llama-bench", *common, *what, "-r", 1, "-o", "json"]))
    return rows[-1]["avg_ts"]


# Over HTTP

def wait_for(address, process, log, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            sys.exit(f"the server at {address} ended:\n{pathlib.Path(log).read_text()[-3000:]}")
        with contextlib.suppress(OSError, urllib.error.URLError):
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        time.sleep(0.05)
    sys.exit(f"nothing answers at {address}")


class Server:
    """A server process with its address and key."""

    def __init__(self, command, address, health, key=None, folder=None, environment=None):
        self.address, self.key, self.folder = address, key, folder
        descriptor, self.log = tempfile.mkstemp(prefix="bench-serve-")
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=descriptor,
            stderr=descriptor, env={**os.environ, **(environment or {})})
        os.close(descriptor)
        wait_for(health, self.process, self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.unlink(self.log)
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def memory(self):
        """MiB: anonymous, of files (mapped weights, programs), their sum, and its peak."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        kib = {name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d+) kB$", status, re.M)}
        return {"anonymous": kib["RssAnon"] / 1024, "files": kib["RssFile"] / 1024,
                "resident": kib["VmRSS"] / 1024, "peak": kib["VmHWM"] / 1024}


def our_server(path, sequences=64):
    """`breakeven up` as a customer meets it: keys, prices, every request booked."""
    folder = tempfile.mkdtemp(prefix="bench-serve-")
    shop = os.path.join(folder, "shop")
    output([PROGRAM, "init", shop])
    output([PROGRAM, "customer", "create", "bench", "--workspace", shop])
    key = output([PROGRAM, "key", "create", "--customer", "bench", "--workspace", shop]).split()[-1]
    return Server(
        [PROGRAM, "up", "--workspace", shop, "--model", path, "--listen", f"127.0.0.1:{PORT}",
         "--accept-price"],
        f"http://127.0.0.1:{PORT}/v1", f"http://127.0.0.1:{PORT}/readyz", key, folder,
        {"BREAKEVEN_ENGINE_THREADS": str(THREADS),
         "BREAKEVEN_ENGINE_MAX_SEQUENCES": str(sequences)})


def llama_server(path, flash="on", slots=16, context=512):
    """llama.cpp's server; `context` tokens for each of `slots` requests at once."""
    port = PORT + 1
    health = f"http://127.0.0.1:{port}/health"
    if PEER == "xllamacpp":
        command = [sys.executable, HERE / "xllamacpp_server.py", path, port, THREADS, flash, slots,
                   slots * context]
    else:
        command = [TOOLS / "llama-server", "-m", path, "--port", port, "-t", THREADS, "-tb", THREADS,
                   "-fa", flash, "-np", slots, "-c", slots * context, "--no-webui"]
    return Server(command, f"http://127.0.0.1:{port}/v1", health)


# Both sides generate to the full length: `ignore_eos` is llama.cpp's, a bias OpenAI's.
def full_length(path):
    import gguf

    fields = gguf.GGUFReader(path).fields
    ends = {int(fields[f"tokenizer.ggml.{key}_token_id"].contents())
            for key in ("eos", "eot") if f"tokenizer.ggml.{key}_token_id" in fields}
    tokens = fields["tokenizer.ggml.tokens"].contents()
    ends |= {tokens.index(text) for text in ("<|im_end|>", "<|endoftext|>", "<end_of_turn>", "<eos>")
             if text in tokens}
    return json.dumps({"ignore_eos": True, "logit_bias": {str(end): -100 for end in sorted(ends)}})


def compare(ours, theirs, *arguments):
    """One run of `breakeven bench` on two servers in turns: the two sides' only level."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        output([PROGRAM, "bench", ours.address, "--against", theirs.address, "--output", report.name,
                *arguments],
               env={**os.environ, "OPENAI_API_KEY": ours.key or "none",
                    "AGAINST_API_KEY": theirs.key or "none"})
        return [target["levels"][0] for target in json.load(open(report.name))["targets"]]


def alone(server, *arguments):
    """One run of `breakeven bench` on one server."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        output([PROGRAM, "bench", server.address, "--output", report.name, *arguments],
               env={**os.environ, "OPENAI_API_KEY": server.key or "none"})
        return json.load(open(report.name))["targets"][0]["levels"][0]
