"""A tiny OpenAI-compatible service whose delays are known: what a load test must find."""

import http.server
import json
import threading
import time


class SlowService:
    """Answers every chat with `tokens` tokens: the first after `first` seconds, one each `gap` then.
    Every `fail_each`-th request is refused with 503; every `hang_each`-th never ends. With `closes` the
    connection is closed after each answer without a word, as some servers do."""

    def __init__(self, first=0.1, gap=0.02, tokens=10, usage=True, fail_each=0, hang_each=0,
                 template_tokens=12, closes=False):
        self.closes = closes
        self.first, self.gap, self.tokens, self.usage = first, gap, tokens, usage
        self.fail_each, self.hang_each, self.template = fail_each, hang_each, template_tokens
        self.lock, self.bodies, self.running, self.most = threading.Lock(), [], 0, 0
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.whole(200, {"object": "list", "data": [{"id": "slow-1", "object": "model"}]})

            def do_POST(self):
                service.answer(self, json.loads(self.rfile.read(int(self.headers["content-length"]))))

            def whole(self, status, value):
                data = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def piece(self, data):
                self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
                self.wfile.flush()

            def event(self, value):
                text = value if isinstance(value, str) else json.dumps(value)
                self.piece(f"data: {text}\n\n".encode())

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass  # a caller that went away

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler, body):
        with self.lock:
            self.bodies.append(body)
            number = len(self.bodies)
            self.running += 1
            self.most = max(self.most, self.running)
        try:
            if self.fail_each and number % self.fail_each == 0:
                return handler.whole(503, {"error": {"message": "too busy today"}})
            self.stream(handler, body, hangs=self.hang_each and number % self.hang_each == 0)
        finally:
            with self.lock:
                self.running -= 1

    def stream(self, handler, body, hangs):
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        # The role comes at once and is no content.
        handler.event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
        time.sleep(self.first)
        count = min(self.tokens, body["max_tokens"])
        for index in range(count):
            if index:
                time.sleep(self.gap)
            handler.event({"choices": [{"index": 0, "delta": {"content": f" w{index}"}}]})
        if hangs:
            time.sleep(30)
        handler.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]})
        if self.usage:
            words = sum(len(message["content"].split()) for message in body["messages"])
            handler.event({"choices": [], "usage": {
                "prompt_tokens": self.template + words, "completion_tokens": count,
                "prompt_tokens_details": {"cached_tokens": 5}}})
        handler.event("[DONE]")
        handler.piece(b"")
        handler.close_connection = handler.close_connection or self.closes

    def measured(self):
        """The bodies after the two that learn how the service counts."""
        return self.bodies[2:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
