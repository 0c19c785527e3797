package import Ledger

/// What the program tells the pages about the workspace.
package struct DashboardConfiguration: Sendable {
  /// The business's name, at the top of each page.
  package var title: String
  /// What sums are shown in until the reader chooses another.
  package var reportingCurrency: Currency
  /// What the reader may choose; the reporting currency is always among them.
  package var currencies: [Currency]
  /// IANA name, such as `Asia/Shanghai`: days begin there.
  package var timeZone: String
  /// An amount in another currency at the workspace's rates; nil when there is no rate.
  package var convert: @Sendable (Money, Currency) -> Money?
  package var passwordHash: PasswordHash
  /// Holds `bootstrap5/css/bootstrap.min.css` and `chart.js/chart.min.js`, as Debian's
  /// `/usr/share/javascript` does.
  package var assetsFolder: String
  /// Marks cookies `Secure`: set when the pages are served over TLS.
  package var isSecure: Bool

  package init(
    title: String, reportingCurrency: Currency, currencies: [Currency] = [],
    timeZone: String = "UTC", convert: @escaping @Sendable (Money, Currency) -> Money? = { _, _ in nil },
    passwordHash: PasswordHash, assetsFolder: String, isSecure: Bool = false
  ) {
    self.title = title
    self.reportingCurrency = reportingCurrency
    self.currencies = [reportingCurrency] + currencies.filter { $0 != reportingCurrency }
    self.timeZone = timeZone
    self.convert = convert
    self.passwordHash = passwordHash
    self.assetsFolder = assetsFolder
    self.isSecure = isSecure
  }
}
