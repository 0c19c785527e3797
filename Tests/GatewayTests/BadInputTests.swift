import Foundation
import Gateway
import Ledger
import Testing

/// Every bad request is answered with a clear 4xx in OpenAI's shape, and costs nothing.
@Suite(.timeLimit(.minutes(20))) struct BadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let body: String
    var path = "/v1/chat/completions"
    let status: Int
    let code: String?
    var param: String?
    var testDescription: String { name }
  }

  static let deep = String(repeating: "[", count: 5000)
  static let cases: [Case] = [
    Case(name: "empty body", body: "", status: 400, code: "invalid_json"),
    Case(name: "not JSON", body: "hello", status: 400, code: "invalid_json"),
    Case(name: "cut short", body: #"{"model":"small","#, status: 400, code: "invalid_json"),
    Case(name: "an array", body: "[]", status: 400, code: "invalid_json"),
    Case(
      name: "deep nesting", body: #"{"model":"small","x":"# + deep, status: 400,
      code: "invalid_json"),
    Case(
      name: "half a surrogate pair", body: Harness.chat(#"\ud800"#), status: 400,
      code: "invalid_json"),
    Case(
      name: "raw control character", body: Harness.chat("\u{1}"), status: 400, code: "invalid_json"),
    Case(
      name: "no model", body: #"{"messages":[]}"#, status: 400, code: "missing_required_parameter",
      param: "model"),
    Case(
      name: "model is a number", body: #"{"model":3,"messages":[]}"#, status: 400,
      code: "invalid_type", param: "model"),
    Case(
      name: "model twice", body: #"{"model":"small","mod\u0065l":"other","messages":[]}"#,
      status: 400, code: "duplicate_parameter", param: "model"),
    Case(
      name: "unknown model", body: Harness.chat(model: "nope"), status: 404,
      code: "model_not_found", param: "model"),
    Case(
      name: "model without a price", body: Harness.chat(model: "unpriced"), status: 404,
      code: "model_not_priced", param: "model"),
    Case(
      name: "no messages", body: #"{"model":"small"}"#, status: 400,
      code: "missing_required_parameter", param: "messages"),
    Case(
      name: "messages is a string", body: #"{"model":"small","messages":"hi"}"#, status: 400,
      code: "invalid_type", param: "messages"),
    Case(
      name: "empty messages", body: #"{"model":"small","messages":[ ]}"#, status: 400,
      code: "invalid_value", param: "messages"),
    Case(
      name: "a message is a string", body: #"{"model":"small","messages":["hi"]}"#, status: 400,
      code: "invalid_type", param: "messages[0]"),
    Case(
      name: "no role", body: #"{"model":"small","messages":[{"content":"x"}]}"#, status: 400,
      code: "missing_required_parameter", param: "messages[0].role"),
    Case(
      name: "unknown role", body: #"{"model":"small","messages":[{"role":"king","content":"x"}]}"#,
      status: 400, code: "invalid_value", param: "messages[0].role"),
    Case(
      name: "content is a number",
      body: #"{"model":"small","messages":[{"role":"user","content":7}]}"#, status: 400,
      code: "invalid_type", param: "messages[0].content"),
    Case(
      name: "image part",
      body: #"{"model":"small","messages":[{"role":"user","content":[{"type":"image_url"}]}]}"#,
      status: 400, code: "unsupported_parameter", param: "messages[0].content[0].type"),
    Case(
      name: "stream is a string", body: Harness.chat("hi", #""stream":"yes""#), status: 400,
      code: "invalid_type", param: "stream"),
    Case(
      name: "stream_options without stream",
      body: Harness.chat("hi", #""stream_options":{"include_usage":true}"#), status: 400,
      code: "invalid_value", param: "stream_options"),
    Case(
      name: "n is zero", body: Harness.chat("hi", #""n":0"#), status: 400, code: "invalid_value",
      param: "n"),
    Case(
      name: "n is too large", body: Harness.chat("hi", #""n":1000"#), status: 400,
      code: "invalid_value", param: "n"),
    Case(
      name: "n is a fraction", body: Harness.chat("hi", #""n":1.5"#), status: 400,
      code: "invalid_value", param: "n"),
    Case(
      name: "max_tokens is huge",
      body: Harness.chat("hi", #""max_tokens":99999999999999999999999"#), status: 400,
      code: "invalid_value", param: "max_tokens"),
    Case(
      name: "max_tokens beyond the context", body: Harness.chat("hi", #""max_tokens":5000"#),
      status: 400, code: "context_length_exceeded", param: "messages"),
    Case(
      name: "temperature beyond Double", body: Harness.chat("hi", #""temperature":1e999"#),
      status: 400, code: "invalid_value", param: "temperature"),
    Case(
      name: "top_p is text", body: Harness.chat("hi", #""top_p":"0.5""#), status: 400,
      code: "invalid_type", param: "top_p"),
    Case(
      name: "five stops", body: Harness.chat("hi", #""stop":["a","b","c","d","e"]"#), status: 400,
      code: "invalid_value", param: "stop"),
    Case(
      name: "stop holds a number", body: Harness.chat("hi", #""stop":["a",1]"#), status: 400,
      code: "invalid_type", param: "stop"),
    Case(
      name: "bias of no token", body: Harness.chat("hi", #""logit_bias":{"x":1}"#), status: 400,
      code: "invalid_value", param: "logit_bias"),
    Case(
      name: "bias out of range", body: Harness.chat("hi", #""logit_bias":{"1":101}"#), status: 400,
      code: "invalid_value", param: "logit_bias"),
    Case(
      name: "top_logprobs alone", body: Harness.chat("hi", #""top_logprobs":3"#), status: 400,
      code: "invalid_value", param: "top_logprobs"),
    Case(
      name: "seed is a fraction", body: Harness.chat("hi", #""seed":0.5"#), status: 400,
      code: "invalid_value", param: "seed"),
    Case(
      name: "response_format of no type", body: Harness.chat("hi", #""response_format":{}"#),
      status: 400, code: "missing_required_parameter", param: "response_format.type"),
    Case(
      name: "response_format of another type",
      body: Harness.chat("hi", #""response_format":{"type":"xml"}"#), status: 400,
      code: "invalid_value", param: "response_format.type"),
    Case(
      name: "schema without a name",
      body: Harness.chat(
        "hi", #""response_format":{"type":"json_schema","json_schema":{"schema":{}}}"#),
      status: 400, code: "invalid_value", param: "response_format.json_schema.name"),
    Case(
      name: "a schema's part is wrong",
      body: Harness.chat(
        "hi",
        #""response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object","properties":{"b":{"type":5}}}}}"#
      ), status: 400, code: "invalid_json_schema",
      param: "response_format.json_schema.schema.properties.b.type"),
    Case(
      name: "grammar without rules", body: Harness.chat("hi", #""grammar":"hello""#), status: 400,
      code: "invalid_grammar", param: "grammar"),
    Case(
      name: "grammar and response_format",
      body: Harness.chat(
        "hi", #""grammar":"root ::= [a]","response_format":{"type":"json_object"}"#), status: 400,
      code: "invalid_value", param: "grammar"),
    Case(
      name: "tool_choice without tools", body: Harness.chat("hi", #""tool_choice":"required""#),
      status: 400, code: "invalid_value", param: "tool_choice"),
    Case(
      name: "tool_choice names another tool",
      body: Harness.chat(
        "hi",
        #""tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"function","function":{"name":"b"}}"#
      ), status: 400, code: "invalid_value", param: "tool_choice"),
    Case(
      name: "a tool of another type", body: Harness.chat("hi", #""tools":[{"type":"browser"}]"#),
      status: 400, code: "unsupported_parameter", param: "tools[0].type"),
    Case(
      name: "a tool's name has a space",
      body: Harness.chat("hi", #""tools":[{"type":"function","function":{"name":"a b"}}]"#),
      status: 400, code: "invalid_value", param: "tools[0].function.name"),
    Case(
      name: "two tools of one name",
      body: Harness.chat(
        "hi",
        #""tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"a"}}]"#
      ), status: 400, code: "invalid_value", param: "tools[1].function.name"),
    Case(
      name: "functions", body: Harness.chat("hi", #""functions":[{"name":"a"}]"#), status: 400,
      code: "unsupported_parameter", param: "functions"),
    Case(
      name: "a tool's answer to no call",
      body: #"{"model":"small","messages":[{"role":"tool","content":"x"}]}"#, status: 400,
      code: "missing_required_parameter", param: "messages[0].tool_call_id"),
    Case(
      name: "an effort to think", body: Harness.chat("hi", #""reasoning_effort":"high""#),
      status: 400, code: "unsupported_parameter", param: "reasoning_effort"),
    Case(name: "queue is full", body: Harness.chat("full"), status: 503, code: "queue_full"),
    Case(
      name: "no prompt", body: #"{"model":"small"}"#, path: "/v1/completions", status: 400,
      code: "missing_required_parameter", param: "prompt"),
    Case(
      name: "empty prompts", body: #"{"model":"small","prompt":[]}"#, path: "/v1/completions",
      status: 400, code: "invalid_value", param: "prompt"),
    Case(
      name: "token beyond the vocabulary", body: #"{"model":"small","prompt":[1,999]}"#,
      path: "/v1/completions", status: 400, code: "invalid_value", param: "prompt[1]"),
    Case(
      name: "suffix", body: #"{"model":"small","prompt":"a","suffix":"b"}"#,
      path: "/v1/completions", status: 400, code: "unsupported_parameter", param: "suffix"),
    Case(
      name: "unknown path", body: "{}", path: "/v1/images", status: 404, code: "unknown_url"),
    Case(
      name: "wrong method", body: "{}", path: "/v1/models", status: 405, code: "method_not_allowed"),
  ]

  @Test func `each bad request gets its status, code and parameter, and costs nothing`()
    async throws
  {
    try await Harness.run { gateway in
      for bad in Self.cases {
        let answer = try await gateway.send(bad.body, to: bad.path)
        #expect(answer.status == bad.status, "\(bad.name): \(answer.text)")
        #expect(answer.code == bad.code, "\(bad.name): \(answer.text)")
        #expect(answer.param == bad.param, "\(bad.name): \(answer.text)")
        #expect(answer.error["message"] is String, "\(bad.name)")
        #expect(answer.error["type"] is String, "\(bad.name)")
        #expect(answer.headers["x-request-id"]?.count == 26, "\(bad.name)")
        if bad.status == 503 { #expect(answer.headers["retry-after"] == "7") }
      }
      #expect(try await gateway.usageEvents.isEmpty)
      #expect(try await gateway.held().isZero)
    }
  }

  @Test(
    arguments: [
      (nil, 401, "invalid_api_key"), ("sk-be-unknown", 401, "invalid_api_key"),
      ("sk-be-old", 401, "expired_api_key"), ("sk-be-gone", 401, "revoked_api_key"),
      ("sk-be-other", 403, "model_not_allowed"),
    ] as [(String?, Int, String)])
  func `a key that may not is refused`(key: String?, status: Int, code: String) async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(Harness.chat(), key: key)
      #expect(answer.status == status)
      #expect(answer.code == code)
    }
  }

  @Test func `a price's absence names the command that sets one`() async throws {
    try await Harness.run { gateway in
      let answer = try await gateway.send(Harness.chat(model: "unpriced"))
      #expect(
        (answer.error["message"] as? String)?.contains("breakeven price set unpriced") == true)
    }
  }

  @Test func `a body over the limit is refused, by its length and while it is read`() async throws {
    var configuration = GatewayConfiguration()
    configuration.maximumBodyBytes = 1000
    try await Harness.run(configuration: configuration) { gateway in
      let long = Harness.chat(String(repeating: "x", count: 2000))
      #expect(try await gateway.send(long).status == 413)
      let socket = try await RawClient(port: gateway.port)
      try await socket.write(RawClient.head(chunked: true))
      try await socket.write("800\r\n" + String(repeating: "x", count: 2048) + "\r\n")
      let text = try await socket.readToEnd()
      #expect(text.hasPrefix("HTTP/1.1 413"))
      #expect(text.contains("body_too_large"))
    }
  }

  @Test func `other media are refused`() async throws {
    try await Harness.run { gateway in
      let form = try await gateway.send(
        "a=b", headers: ["content-type": "application/x-www-form-urlencoded"])
      #expect(form.status == 415)
      let zipped = try await gateway.send(Harness.chat(), headers: ["content-encoding": "gzip"])
      #expect(zipped.status == 415)
      let parameters = try await gateway.send(
        Harness.chat(), headers: ["content-type": "Application/JSON; charset=utf-8"])
      #expect(parameters.status == 200)
    }
  }
}
