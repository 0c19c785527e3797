import Billing
import Ledger

/// One signed-in request, decoded: who reads, in which language, currency and range, at what time.
struct Visit: Sendable {
  let path: String
  let query: Query
  let text: TextCatalogue
  let theme: Theme
  let format: ReaderFormat
  let period: Period
  let conversion: Conversion
  let currencies: [Currency]
  let now: Timestamp
  let formToken: String

  var currency: Currency { conversion.target }
  var local: LocalTime { format.local }

  /// What every link keeps.
  static let kept: Set<String> = ["range", "from", "to", "currency"]

  /// The address of a page for the same range and currency.
  func address(_ path: String, _ changes: [String: String?] = [:]) -> String {
    query.only(Self.kept).address(path, changes)
  }

  /// This page's address with fields changed; the place in a list starts over.
  func here(_ changes: [String: String?]) -> String {
    var fields = query.fields
    fields["offset"] = nil
    fields["after"] = nil
    return Query(fields).address(path, changes)
  }

  func customer(_ id: String) -> String { address("/customers/" + Query.escape(id)) }
  func model(_ name: String) -> String { address("/models/" + Query.escape(name)) }
  func request(_ id: String) -> String { address("/requests/" + Query.escape(id)) }

  var answer: Answer {
    let kept = query.only(Self.kept)
    return Answer(text: text, format: format, period: period) { kept.address($0, $1) }
  }

  func moneyCell(_ amount: Money, digits: Int, link: String? = nil, symbol: Bool = false) -> Cell {
    .number(
      symbol ? format.money(amount, digits: digits) : format.figure(amount, digits: digits),
      link: link, exact: format.exact(amount))
  }

  /// A result: negative is a loss, by sign and tone.
  func resultCell(_ amount: Money, digits: Int, link: String? = nil) -> Cell {
    .number(
      format.figure(amount, digits: digits), link: link, exact: format.exact(amount),
      tone: amount.isNegative ? .loss : nil)
  }

  /// Contribution over revenue.
  func marginCell(_ part: Money, of revenue: Money) -> Cell {
    .number(
      format.percent(part.picos, of: revenue.picos, decimals: 1) ?? "–",
      tone: part.isNegative ? .loss : nil)
  }
}
