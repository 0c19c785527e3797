package import Ledger

/// What the program tells the pages about the workspace.
package struct DashboardConfiguration: Sendable {
  /// The business's name, at the top of each page.
  package var title: String
  /// What sums are shown in until the reader chooses another.
  package var reportingCurrency: Currency
  /// The reader may choose any currency that these know.
  package var exchangeRates: ExchangeRates
  /// IANA name, such as `Asia/Shanghai`: days begin there.
  package var timeZone: String
  package var passwordHash: PasswordHash
  /// Holds `bootstrap5/css/bootstrap.min.css` and `chart.js/chart.min.js`, as Debian's
  /// `/usr/share/javascript` does.
  package var assetsFolder: String
  /// Marks cookies `Secure`: set when the pages are served over TLS.
  package var isSecure: Bool

  package init(
    title: String, reportingCurrency: Currency, exchangeRates: ExchangeRates,
    timeZone: String = "UTC", passwordHash: PasswordHash, assetsFolder: String,
    isSecure: Bool = false
  ) {
    self.title = title
    self.reportingCurrency = reportingCurrency
    self.exchangeRates = exchangeRates
    self.timeZone = timeZone
    self.passwordHash = passwordHash
    self.assetsFolder = assetsFolder
    self.isSecure = isSecure
  }

  var currencies: [Currency] {
    [reportingCurrency] + exchangeRates.currencies.filter { $0 != reportingCurrency }
  }
}
