/// What the running system knows: facts that make steps of the project done.
package struct ProjectState: Sendable, Hashable, Codable {
  package enum Fact: String, Sendable, Hashable, Codable, CaseIterable {
    case planChecked = "plan_checked"
    case dataReady = "data_ready"
    case modelTrained = "model_trained"
    case modelEvaluated = "model_evaluated"
    case modelLoaded = "model_loaded"
    case versionLive = "version_live"
    case priceSet = "price_set"
    case firstKey = "first_key"
    case firstRequest = "first_request"
    case firstCustomer = "first_customer"
    case firstPayingCustomer = "first_paying_customer"
    case firstInvoice = "first_invoice"
    case backupTaken = "backup_taken"
  }

  package var facts: Set<Fact>
  package init(facts: Set<Fact> = []) { self.facts = facts }
}
