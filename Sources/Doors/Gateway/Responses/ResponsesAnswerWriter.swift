import Billing
import Ledger

/// Writes answers in the form of OpenAI's Responses API.
/// Source: OpenAI's API reference, "The response object" and "Streaming events".
struct ResponsesAnswerWriter: AnswerWriter {
  private let body: ResponseObject
  private var output: [ResponseItem] = []
  private var isOpen = false
  private var sequence = 0

  init(_ running: RunningCompletion) { body = ResponseObject(running) }

  func whole(_ answers: [Answer], echoes: [String], usage: TokenUsage?) -> [UInt8] {
    let answer = answers.first ?? Answer()
    var items: [ResponseItem] = []
    if !answer.text.isEmpty || answer.calls.isEmpty {
      items.append(.message(id: body.itemID(0), text: answer.text))
    }
    for call in answer.calls { items.append(.call(id: body.itemID(items.count), call)) }
    var writer = JSONWriter(capacity: 2048 + answer.text.utf8.count)
    body.write(&writer, .ended(answer.reason), items, usage)
    return writer.bytes
  }

  mutating func opening(promptTokens: Int, echoes: [String]) -> [UInt8] {
    let body = body
    var bytes: [UInt8] = []
    for name in ["response.created", "response.in_progress"] {
      bytes += event(name) { writer in
        writer.key("response")
        body.write(&writer, .running, [], nil)
      }
    }
    return bytes
  }

  mutating func event(_ event: AnswerEvent, choice: Int) -> [UInt8] {
    switch event {
    case .text(let text, _):
      guard !text.isEmpty else { return [] }
      var bytes: [UInt8] = []
      if !isOpen || !(output.last?.isMessage ?? false) {
        bytes = open(.message(id: body.itemID(output.count), text: ""))
      }
      output[output.count - 1].append(text)
      return bytes + delta("response.output_text.delta", text)
    case .callBegan(_, let id, let name):
      return open(
        .call(id: body.itemID(output.count), ToolCall(id: id, name: name, arguments: "")))
    case .callArguments(_, let text):
      guard isOpen, output.last?.isMessage == false else { return [] }
      output[output.count - 1].append(text)
      return delta("response.function_call_arguments.delta", text)
    }
  }

  mutating func closing(_ reasons: [FinishReason], usage: TokenUsage?) -> [UInt8] {
    var bytes: [UInt8] = []
    if output.isEmpty { bytes = open(.message(id: body.itemID(0), text: "")) }
    bytes += close()
    let reason = reasons.first ?? .stop
    let (body, output) = (body, output)
    return bytes
      + event(ResponseObject.State.ended(reason).event) { writer in
        writer.key("response")
        body.write(&writer, .ended(reason), output, usage)
      }
  }

  mutating func failure(_ error: GatewayError) -> [UInt8] {
    let (body, output) = (body, output)
    return event(ResponseObject.State.failed(error).event) { writer in
      writer.key("response")
      body.write(&writer, .failed(error), output, nil)
    }
  }

  private mutating func open(_ item: ResponseItem) -> [UInt8] {
    var bytes = close()
    let index = output.count
    output.append(item)
    isOpen = true
    bytes += event("response.output_item.added") { writer in
      writer.member("output_index", index)
      writer.key("item")
      item.writeOpening(&writer)
    }
    if item.isMessage {
      bytes += event("response.content_part.added") { writer in
        writer.member("item_id", item.id)
        writer.member("output_index", index)
        writer.member("content_index", 0)
        writer.key("part")
        ResponseItem.writePart(&writer, "")
      }
    }
    return bytes
  }

  private mutating func close() -> [UInt8] {
    guard isOpen, let item = output.last else { return [] }
    isOpen = false
    let index = output.count - 1
    var bytes: [UInt8] = []
    switch item {
    case .message(let id, let text):
      bytes += event("response.output_text.done") { writer in
        Self.place(&writer, id, index, content: true)
        writer.member("text", text)
        writer.key("logprobs")
        writer.array { _ in }
      }
      bytes += event("response.content_part.done") { writer in
        Self.place(&writer, id, index, content: true)
        writer.key("part")
        ResponseItem.writePart(&writer, text)
      }
    case .call(let id, let call):
      bytes += event("response.function_call_arguments.done") { writer in
        Self.place(&writer, id, index, content: false)
        writer.member("name", call.name)
        writer.member("arguments", call.arguments)
      }
    }
    return bytes
      + event("response.output_item.done") { writer in
        writer.member("output_index", index)
        writer.key("item")
        item.write(&writer)
      }
  }

  private mutating func delta(_ name: String, _ text: String) -> [UInt8] {
    guard let item = output.last else { return [] }
    let index = output.count - 1
    return event(name) { writer in
      Self.place(&writer, item.id, index, content: item.isMessage)
      writer.member("delta", text)
      if item.isMessage {
        writer.key("logprobs")
        writer.array { _ in }
      }
    }
  }

  private static func place(
    _ writer: inout JSONWriter, _ id: String, _ index: Int, content: Bool
  ) {
    writer.member("item_id", id)
    writer.member("output_index", index)
    if content { writer.member("content_index", 0) }
  }

  private mutating func event(_ name: String, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    defer { sequence += 1 }
    var writer = JSONWriter(capacity: 256)
    writer.object { writer in
      writer.member("type", name)
      writer.member("sequence_number", sequence)
      body(&writer)
    }
    return ServerSentEvent.named(name, writer.bytes)
  }
}
