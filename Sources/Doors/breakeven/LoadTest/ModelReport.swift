import Foundation

/// How fast a model file runs in this process.
struct ModelReport: Encodable {
  struct Speed: Encodable {
    let sequences: Int
    /// Of each sequence.
    let tokens: Int
    /// The median of the rounds.
    let tokensPerSecond: Double
    let minimum, maximum: Double
    let rounds: [Double]
    let costPerMillion: AmountJSON?
  }

  let model, fingerprint: String
  let threads: Int
  /// From before the file was opened.
  let loadToFirstTokenSeconds: Double
  /// Nil where it was not asked for.
  let prompt: Speed?
  let decode: Speed?
  let batches: [Speed]

  func print() {
    Output.line(
      "\(model), \(threads) threads; first token \(Figure.short(loadToFirstTokenSeconds * 1000)) ms after the load began"
    )
    Output.line()
    let single = [("prompt", prompt), ("decode", decode)].compactMap { name, speed in
      speed.map { (name, $0) }
    }
    let rows = single + batches.map { ("batch of \($0.sequences)", $0) }
    var header = ["", "TOKENS", "TOKENS/S", "LOWEST", "HIGHEST"]
    if let cost = rows.first?.1.costPerMillion { header.append("\(cost.currency)/M") }
    Output.table(
      header,
      rows.map { name, speed in
        [
          name, "\(speed.tokens)", Figure.short(speed.tokensPerSecond),
          Figure.short(speed.minimum), Figure.short(speed.maximum),
        ] + (speed.costPerMillion.map { [String($0.amount.prefix(10))] } ?? [])
      }, right: Set(1..<header.count))
  }
}
