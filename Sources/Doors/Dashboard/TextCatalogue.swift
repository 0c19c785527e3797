import Foundation
import Mustache

/// All words of one language: flat keys, `{name}` for what is filled in. In templates, `{{t.key}}`.
struct TextCatalogue: Sendable, MustacheParent {
  let language: Language
  let texts: [String: String]

  /// - Throws: `missingResource` when the language's file is not beside the program.
  init(language: Language) throws(DashboardError) {
    let url = Resources.url("\(language.rawValue).json")
    guard let data = try? Data(contentsOf: url),
      let texts = try? JSONDecoder().decode([String: String].self, from: data)
    else { throw .missingResource(url.path) }
    self.language = language
    self.texts = texts
  }

  init(language: Language, texts: [String: String]) {
    self.language = language
    self.texts = texts
  }

  /// A key without a text shows itself; a test keeps that from happening.
  func callAsFunction(_ key: String) -> String { texts[key] ?? key }

  func callAsFunction(_ key: String, _ values: [String: String]) -> String {
    pieces(key, values.mapValues { Piece(text: $0) }).map(\.text).joined()
  }

  /// The text as pieces, so that each filled-in figure can be a link. A `{name}` without a value
  /// stays as written.
  func pieces(_ key: String, _ values: [String: Piece]) -> [Piece] {
    var result: [Piece] = []
    var rest = Substring(self(key))
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      if open > rest.startIndex { result.append(Piece(text: String(rest[..<open]))) }
      result.append(values[name] ?? Piece(text: String(rest[open...close])))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { result.append(Piece(text: String(rest))) }
    return result
  }

  func child(named name: String) -> Any? { self(name) }
}

/// A run of text, perhaps a link to what it is made of.
struct Piece: ViewModel, Hashable, Sendable {
  var text: String
  var link: String?
  /// The exact amount, shown on hover.
  var exact: String?
  /// A figure, set apart from the words around it.
  var strong = false
  var tone: Tone?

  init(
    text: String, link: String? = nil, exact: String? = nil, strong: Bool = false, tone: Tone? = nil
  ) {
    self.text = text
    self.link = link
    self.exact = exact
    self.strong = strong
    self.tone = tone
  }
}

/// Gain or loss; always beside a sign or a word, never by colour alone.
enum Tone: String, Sendable { case gain, loss }
