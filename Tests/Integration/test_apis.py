"""Every API with the official clients, unmodified: `openai` and `anthropic`, on the real model."""

import base64
import json
import math
import struct
import unittest
from decimal import Decimal
from typing import Literal

import anthropic
import openai
import pydantic

from support import EMBEDDING_FOLDER, EMBEDDING_MODEL, MODEL, Server, Workspace

# Anthropic's client has no argument for it.
GREEDY = {"temperature": 0}
QUESTION = [{"role": "user", "content": "Name a colour."}]
WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 20}, "unit": {"enum": ["C", "F"]}},
    "required": ["city", "unit"],
    "additionalProperties": False,
}


class Answer(pydantic.BaseModel):
    colour: Literal["red", "green", "blue"]
    sure: bool
    shades: int


class APIs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.workspace = Workspace(configuration=f"embeddings:\n  file: {EMBEDDING_FOLDER}\n")
        cls.workspace.price()
        cls.workspace.price(EMBEDDING_MODEL, input="0.02", cached="0", output="0")
        cls.key = cls.workspace.customer_with_key("Atlas Labs", "5")
        cls.server = Server(cls.workspace).start()
        cls.openai = openai.OpenAI(
            base_url=cls.server.base + "/v1", api_key=cls.key, max_retries=0, timeout=120)
        cls.anthropic = anthropic.Anthropic(
            base_url=cls.server.base, api_key=cls.key, max_retries=0, timeout=120)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.workspace.close()

    def event(self, answer):
        """The usage event of an answer, whose id ends with the request's."""
        request = answer.id.split("_")[-1].split("-")[-1]
        events = self.workspace.json("usage", "list", "--limit", "1000")
        found = [e for e in events if e["id"] == request]
        self.assertEqual(len(found), 1, "a request is booked once")
        return found[0]

    # Structured output

    def test_a_schema_is_kept_whatever_the_temperature(self):
        for seed in range(3):
            parsed = self.openai.chat.completions.parse(
                model=MODEL, messages=QUESTION, response_format=Answer, temperature=1.5, seed=seed,
                max_tokens=100)
            self.assertIsInstance(parsed.choices[0].message.parsed, Answer)
            self.assertEqual(parsed.choices[0].finish_reason, "stop")

    def test_a_json_object_parses_and_a_grammar_is_kept(self):
        answer = self.openai.chat.completions.create(
            model=MODEL, messages=QUESTION, temperature=0, max_tokens=200,
            response_format={"type": "json_object"})
        if answer.choices[0].finish_reason == "stop":
            self.assertIsInstance(json.loads(answer.choices[0].message.content), dict)
        else:
            self.assertTrue(answer.choices[0].message.content.lstrip().startswith("{"))
        answer = self.openai.chat.completions.create(
            model=MODEL, messages=QUESTION, temperature=2, max_tokens=20,
            extra_body={"grammar": 'root ::= ("red" | "blue") "!"'})
        self.assertIn(answer.choices[0].message.content, ("red!", "blue!"))
        text = self.openai.completions.create(
            model=MODEL, prompt="One digit:", max_tokens=5,
            extra_body={"grammar": "root ::= [0-9]"})
        self.assertRegex(text.choices[0].text, "^[0-9]$")

    def test_a_wrong_schema_names_its_part(self):
        with self.assertRaises(openai.BadRequestError) as caught:
            self.openai.chat.completions.create(
                model=MODEL, messages=QUESTION,
                response_format={"type": "json_schema", "json_schema": {
                    "name": "n", "schema": {"properties": {"a": {"type": "wrong"}}}}})
        self.assertIn("properties.a", caught.exception.param)

    # Tools

    def tools(self, **more):
        return self.openai.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": "What is the weather in Oslo?"}],
            tools=[{"type": "function", "function": {
                "name": "get_weather", "description": "Current weather", "parameters": WEATHER}}],
            temperature=0, seed=1, max_tokens=100, **more)

    def test_a_tool_is_called_with_arguments_that_fit(self):
        for choice in ("required", {"type": "function", "function": {"name": "get_weather"}}):
            answer = self.tools(tool_choice=choice, parallel_tool_calls=False)
            self.assertEqual(answer.choices[0].finish_reason, "tool_calls")
            (call,) = answer.choices[0].message.tool_calls
            self.assertEqual(call.function.name, "get_weather")
            arguments = json.loads(call.function.arguments)
            self.assertEqual(set(arguments), {"city", "unit"})
            self.assertIn(arguments["unit"], ("C", "F"))
        self.assertFalse(self.tools(tool_choice="none").choices[0].message.tool_calls)

    def test_a_streamed_call_is_the_same_call(self):
        whole = self.tools(tool_choice="required", parallel_tool_calls=False)
        with self.openai.chat.completions.stream(
                model=MODEL, messages=[{"role": "user", "content": "What is the weather in Oslo?"}],
                tools=[{"type": "function", "function": {
                    "name": "get_weather", "description": "Current weather",
                    "parameters": WEATHER}}],
                temperature=0, seed=1, max_tokens=100, tool_choice="required",
                parallel_tool_calls=False) as stream:
            final = stream.get_final_completion()
        self.assertEqual(final.choices[0].finish_reason, "tool_calls")
        ours, theirs = (a.choices[0].message.tool_calls[0].function for a in (final, whole))
        self.assertEqual((ours.name, ours.arguments), (theirs.name, theirs.arguments))

    def test_a_conversation_goes_on_after_a_call(self):
        call = self.tools(tool_choice="required", parallel_tool_calls=False).choices[0].message
        answer = self.openai.chat.completions.create(
            model=MODEL, max_tokens=16, messages=[
                {"role": "user", "content": "What is the weather in Oslo?"},
                call.model_dump(exclude_none=True),
                {"role": "tool", "tool_call_id": call.tool_calls[0].id, "content": "4 degrees"}])
        self.assertTrue(answer.choices[0].message.content)

    # Anthropic's Messages API

    def test_a_message_is_answered_counted_and_charged(self):
        counted = self.anthropic.messages.count_tokens(
            model=MODEL, system="Be brief.", messages=QUESTION)
        answer = self.anthropic.messages.create(
            model=MODEL, system="Be brief.", messages=QUESTION, max_tokens=16, extra_body=GREEDY)
        self.assertEqual(answer.type, "message")
        self.assertIn(answer.stop_reason, ("end_turn", "max_tokens"))
        self.assertTrue(answer.content[0].text)
        usage = answer.usage
        self.assertEqual(counted.input_tokens, usage.input_tokens + usage.cache_read_input_tokens)
        event = self.event(answer)
        self.assertEqual(event["input_tokens"], usage.input_tokens)
        self.assertEqual(event["cached_input_tokens"], usage.cache_read_input_tokens)
        self.assertEqual(event["output_tokens"], usage.output_tokens)
        with self.anthropic.messages.stream(
                model=MODEL, system="Be brief.", messages=QUESTION, max_tokens=16,
                extra_body=GREEDY) as stream:
            pieces = "".join(stream.text_stream)
            final = stream.get_final_message()
        self.assertEqual(pieces, answer.content[0].text)
        self.assertEqual(final.stop_reason, answer.stop_reason)
        self.assertEqual(final.usage.output_tokens, usage.output_tokens)
        self.assertEqual(
            final.usage.input_tokens + final.usage.cache_read_input_tokens, counted.input_tokens)

    def test_a_message_calls_a_tool(self):
        arguments = dict(
            model=MODEL, messages=[{"role": "user", "content": "What is the weather in Oslo?"}],
            max_tokens=100, extra_body=GREEDY,
            tools=[{"name": "get_weather", "description": "Weather", "input_schema": WEATHER}],
            tool_choice={"type": "any", "disable_parallel_tool_use": True})
        answer = self.anthropic.messages.create(**arguments)
        self.assertEqual(answer.stop_reason, "tool_use")
        (call,) = [b for b in answer.content if b.type == "tool_use"]
        self.assertEqual(set(call.input), {"city", "unit"})
        with self.anthropic.messages.stream(**arguments) as stream:
            final = stream.get_final_message()
        (streamed,) = [b for b in final.content if b.type == "tool_use"]
        self.assertEqual((streamed.name, streamed.input), (call.name, call.input))
        after = self.anthropic.messages.create(
            model=MODEL, max_tokens=16, messages=[
                *arguments["messages"],
                {"role": "assistant", "content": [b.model_dump() for b in answer.content]},
                {"role": "user", "content": [{
                    "type": "tool_result", "tool_use_id": call.id, "content": "4 degrees"}]}])
        self.assertTrue(after.content)

    def test_a_stop_sequence_is_named(self):
        answer = self.anthropic.messages.create(
            model=MODEL, messages=QUESTION, max_tokens=64, extra_body=GREEDY)
        stop = answer.content[0].text[3:6]
        stopped = self.anthropic.messages.create(
            model=MODEL, messages=QUESTION, max_tokens=64, extra_body=GREEDY, stop_sequences=[stop])
        self.assertEqual((stopped.stop_reason, stopped.stop_sequence), ("stop_sequence", stop))

    def test_messages_errors_are_the_clients_own(self):
        def create(client=self.anthropic, **more):
            return client.messages.create(
                **{**dict(model=MODEL, messages=QUESTION, max_tokens=4), **more})

        with self.assertRaises(anthropic.NotFoundError):
            create(model="nope")
        with self.assertRaises(anthropic.AuthenticationError):
            create(self.anthropic.with_options(api_key="sk-be-wrong"))
        with self.assertRaises(anthropic.BadRequestError) as caught:
            create(thinking={"type": "enabled", "budget_tokens": 1024})
        self.assertIn("thinking", str(caught.exception))
        with self.assertRaises(anthropic.BadRequestError) as caught:
            create(messages=[{"role": "user", "content": [{"type": "image", "source": {
                "type": "base64", "media_type": "image/png", "data": ""}}]}])
        self.assertIn("messages[0].content[0]", str(caught.exception))

    def test_models_are_listed_for_either_client(self):
        for models in (self.openai.models.list(), self.anthropic.models.list()):
            self.assertEqual({m.id for m in models}, {MODEL, EMBEDDING_MODEL})
        self.assertEqual(self.anthropic.models.retrieve(MODEL).type, "model")

    # OpenAI's Responses API

    def test_a_response_is_answered_streamed_and_charged(self):
        arguments = dict(
            model=MODEL, instructions="Be brief.", input="Name a colour.", max_output_tokens=16,
            temperature=0, store=False)
        answer = self.openai.responses.create(**arguments)
        self.assertTrue(answer.output_text)
        self.assertIn(answer.status, ("completed", "incomplete"))
        event = self.event(answer)
        self.assertEqual(
            event["input_tokens"] + event["cached_input_tokens"], answer.usage.input_tokens)
        self.assertEqual(event["output_tokens"], answer.usage.output_tokens)
        events = list(self.openai.responses.create(stream=True, **arguments))
        self.assertEqual([e.sequence_number for e in events], list(range(len(events))))
        text = "".join(e.delta for e in events if e.type == "response.output_text.delta")
        self.assertEqual(text, answer.output_text)
        self.assertEqual(events[-1].response.output_text, text)

    def test_a_response_is_parsed_by_a_schema_and_streamed_to_its_end(self):
        parsed = self.openai.responses.parse(
            model=MODEL, input="Name a colour.", text_format=Answer, max_output_tokens=100)
        self.assertIsInstance(parsed.output_parsed, Answer)
        with self.openai.responses.stream(
                model=MODEL, input="Name a colour.", text_format=Answer,
                max_output_tokens=100) as stream:
            for _ in stream:
                pass
            self.assertIsInstance(stream.get_final_response().output_parsed, Answer)

    def test_a_response_calls_a_function_and_goes_on(self):
        arguments = dict(
            model=MODEL, input="What is the weather in Oslo?", temperature=0,
            max_output_tokens=100, parallel_tool_calls=False, tool_choice="required",
            tools=[{"type": "function", "name": "get_weather", "parameters": WEATHER,
                    "strict": True}])
        answer = self.openai.responses.create(**arguments)
        (call,) = [item for item in answer.output if item.type == "function_call"]
        self.assertEqual(set(json.loads(call.arguments)), {"city", "unit"})
        with self.openai.responses.stream(**arguments) as stream:
            for _ in stream:
                pass
            final = stream.get_final_response()
        (streamed,) = [item for item in final.output if item.type == "function_call"]
        self.assertEqual(streamed.arguments, call.arguments)
        after = self.openai.responses.create(
            model=MODEL, max_output_tokens=16, input=[
                {"role": "user", "content": "What is the weather in Oslo?"}, call,
                {"type": "function_call_output", "call_id": call.call_id, "output": "4 degrees"}])
        self.assertTrue(after.output_text)

    def test_state_is_refused_by_its_field(self):
        for field, value in (("previous_response_id", "resp_1"), ("store", True),
                             ("background", True)):
            with self.assertRaises(openai.BadRequestError) as caught:
                self.openai.responses.create(model=MODEL, input="a", **{field: value})
            self.assertEqual(caught.exception.param, field)

    # Embeddings

    def test_embeddings_are_vectors_that_mean_something_and_are_charged(self):
        texts = ["A cat sits on the mat.", "A kitten rests on a rug.", "Interest rates rose."]
        answer = self.openai.embeddings.create(
            model=EMBEDDING_MODEL, input=texts, encoding_format="float")
        cat, kitten, rates = [item.embedding for item in answer.data]
        self.assertEqual(len(cat), 384)

        def dot(a, b):
            return sum(x * y for x, y in zip(a, b))

        def cosine(a, b):
            return dot(a, b) / math.sqrt(dot(a, a) * dot(b, b))

        self.assertGreater(cosine(cat, kitten), 0.5)
        self.assertLess(cosine(cat, rates), 0.3)
        packed = self.server.post(
            "/v1/embeddings", {"model": EMBEDDING_MODEL, "input": texts[0],
                               "encoding_format": "base64"}, self.key)
        data = base64.b64decode(packed[2]["data"][0]["embedding"])
        self.assertEqual(len(data), 4 * 384)
        self.assertAlmostEqual(struct.unpack("<384f", data)[0], cat[0], places=5)
        events = self.workspace.json("usage", "list", "--limit", "1000")
        event = next(e for e in events if e["id"] == packed[1]["x-request-id"])
        tokens = packed[2]["usage"]["prompt_tokens"]
        self.assertEqual(event["input_tokens"], tokens)
        self.assertEqual(
            Decimal(event["charge"]["amount"]), Decimal("0.02") * tokens / 1_000_000)
        self.assertGreater(event["compute_nanoseconds"], 0)

    def test_embeddings_and_answers_at_once_leave_the_books_sound(self):
        import concurrent.futures

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            jobs = [
                pool.submit(self.openai.embeddings.create, model=EMBEDDING_MODEL,
                            input=[f"text {i} {j}" for j in range(20)])
                for i in range(8)
            ] + [pool.submit(self.server.chat, self.key) for _ in range(8)]
            for job in jobs:
                job.result()
        self.assertTrue(self.workspace.verify()["sound"])


if __name__ == "__main__":
    unittest.main()
