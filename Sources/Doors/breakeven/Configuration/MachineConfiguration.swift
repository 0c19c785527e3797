import Ledger

/// What the machine costs an hour: its depreciation, power and hosting, or one figure.
struct MachineConfiguration {
  let name: String
  let rate: MachineRate

  init(_ reader: ConfigurationReader, currency fallback: Currency) throws {
    name = try reader.text("name", default: "local")
    let currency = try reader.currency("currency", default: fallback)
    let purchase = try reader.money("purchase_price", currency, default: "1200")
    let years = try reader.integer("depreciation_years", default: 4, in: 1...50)
    let watts = try reader.integer("power_watts", default: 120, in: 0...1_000_000)
    let kilowattHour = try reader.money("power_price_per_kwh", currency, default: "0.15")
    let hosting = try reader.money("hosting_per_month", currency, default: "0")
    if let hourly = try reader.text("hourly_cost") {
      let cost = try Money(parsing: hourly, currency, field: "machine.hourly_cost")
      rate = try MachineRate(hourly: cost)
    } else {
      let depreciation = try purchase.multiplied(
        by: 1, over: Int64(years) * 8760, rounding: .halfEven)
      let power = try kilowattHour.multiplied(by: Int64(watts), over: 1000, rounding: .halfEven)
      // A year of 8,760 hours has 12 months of 730.
      let space = try hosting.multiplied(by: 1, over: 730, rounding: .halfEven)
      rate = try MachineRate(hourly: depreciation + power + space)
    }
    guard !rate.hourly.isZero else {
      throw CommandError(
        "machine: the cost an hour is zero, so nothing could be sold at a known margin; set machine.hourly_cost, or purchase_price, power_watts and hosting_per_month"
      )
    }
    try reader.finish()
  }
}
