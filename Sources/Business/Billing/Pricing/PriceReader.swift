import Ledger

/// A mapping of a price list while it is read: each field is asked for by name, and what nobody asks
/// for is refused, so that a slip of the pen is not ignored.
struct PriceReader {
  let path: String
  let currency: Currency
  private let fields: [PriceNode.Field]

  /// - Parameter known: all names that the mapping may have.
  init(
    _ node: PriceNode, at path: String, currency: Currency, known: [String]
  ) throws(BillingError) {
    guard case .map(let fields) = node else {
      throw Check.invalid(path, "must be a mapping of fields: \(known.joined(separator: ", "))")
    }
    for (index, field) in fields.enumerated() {
      guard known.contains(field.name) else {
        throw Check.invalid(
          Check.join(path, String(field.name.prefix(40))),
          "is not known here; the fields are \(known.joined(separator: ", "))")
      }
      guard !fields[..<index].contains(where: { $0.name == field.name }) else {
        throw Check.invalid(Check.join(path, field.name), "is written twice")
      }
    }
    self.path = path
    self.currency = currency
    self.fields = fields
  }

  func place(_ name: String) -> String { Check.join(path, name) }

  private func field(_ name: String) -> PriceNode? { fields.first { $0.name == name }?.value }

  func text(_ name: String) throws(BillingError) -> String? {
    guard let field = field(name) else { return nil }
    guard case .text(let text) = field else {
      throw Check.invalid(place(name), "must be one value, not a list or a mapping")
    }
    return text
  }

  func required(_ name: String) throws(BillingError) -> String {
    guard let text = try text(name) else { throw Check.invalid(place(name), "is missing") }
    return text
  }

  func integer(_ name: String) throws(BillingError) -> Int? {
    guard let text = try text(name) else { return nil }
    // `1_000_000` is how YAML writes long numbers.
    guard let number = Int(text.filter { $0 != "_" }) else {
      throw Check.invalid(place(name), "'\(text.prefix(40))' must be a whole number")
    }
    return number
  }

  func money(_ name: String) throws(BillingError) -> Money? {
    guard let text = try text(name) else { return nil }
    do {
      let amount = try Money(parsing: text, fallback: currency, field: place(name))
      guard amount.currency == currency else {
        throw Check.invalid(place(name), "\(amount.currency) differs from the list's \(currency)")
      }
      return amount
    } catch let error as BillingError {
      throw error
    } catch {
      let message = (error as? LedgerError)?.message ?? "\(error)"
      let prefix = "\(place(name)): "
      throw Check.invalid(
        place(name), message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message)
    }
  }

  func requiredMoney(_ name: String) throws(BillingError) -> Money {
    guard let amount = try money(name) else { throw Check.invalid(place(name), "is missing") }
    return amount
  }

  /// `2.9%` or `0.029`, to hundredths of a percent.
  func basisPoints(_ name: String) throws(BillingError) -> Int? {
    guard let text = try text(name) else { return nil }
    let isPercent = text.hasSuffix("%")
    let digits = isPercent ? String(text.dropLast()) : text
    let unit: Int128 = Money.picosPerUnit / (isPercent ? 100 : 10_000)
    guard let value = try? Money(parsing: digits, currency, field: name), value.picos % unit == 0,
      !value.isNegative, value.picos / unit <= 10_000
    else {
      throw Check.invalid(
        place(name),
        "'\(text.prefix(40))' must be a share from 0 to 100% with at most two decimals, such as 2.9%"
      )
    }
    return Int(value.picos / unit)
  }

  func choice<Value: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Value.Type
  ) throws(BillingError) -> Value? where Value.RawValue == String {
    guard let text = try text(name) else { return nil }
    guard let value = Value(rawValue: text) else {
      let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw Check.invalid(place(name), "'\(text.prefix(40))' is not one of \(known)")
    }
    return value
  }

  /// The elements of a list with their paths; empty when it is absent.
  func list(_ name: String, limit: Int) throws(BillingError) -> [(node: PriceNode, path: String)] {
    guard let field = field(name) else { return [] }
    guard case .list(let elements) = field else {
      throw Check.invalid(place(name), "must be a list: lines that begin with '- '")
    }
    guard elements.count <= limit else {
      throw Check.invalid(place(name), "has \(elements.count) elements; at most \(limit)")
    }
    return elements.enumerated().map { ($1, "\(place(name))[\($0)]") }
  }
}
