/// A stated rule of the technology choice, with where it is from. Its sentence is the catalogue's
/// `plan_rule_<name>`.
package enum TechnologyRule: String, Sendable, Hashable, Codable, CaseIterable {
  // sizes and cost
  /// Data for training from nothing: 20 tokens a parameter.
  case twentyTokens = "twenty_tokens"
  /// Training takes 6·N·D operations.
  case sixND = "six_nd"
  /// With frozen weights it takes 4·N·D: no gradient of the weights.
  case fourND = "four_nd"
  /// Hours = operations ÷ (peak × utilisation).
  case machineHours = "machine_hours"
  /// Weights take bits ÷ 8 bytes a parameter; a fifth more for cache and work space.
  case weightMemory = "weight_memory"
  /// Training all weights with Adam takes 16 bytes a parameter.
  case adamMemory = "adam_memory"
  /// Adapters on weights of 16 bits take 2 bytes a parameter and a fifth more.
  case adapterMemory = "adapter_memory"
  /// One sequence decodes at bandwidth ÷ bytes of the weights.
  case bandwidth
  /// Many sequences at most at operations ÷ 2N.
  case computeBound = "compute_bound"
  // fitness
  case labelsForEncoder = "labels_for_encoder"
  case examplesForTuning = "examples_for_tuning"
  case documentsNeedRetrieval = "documents_need_retrieval"
  case freshNeedsRetrieval = "fresh_needs_retrieval"
  case staysPrivate = "stays_private"
  case cheapestToTry = "cheapest_to_try"
  // objections
  case tooFewExamples = "too_few_examples"
  case tooLittleData = "too_little_data"
  case wrongJob = "wrong_job"
  case doesNotFit = "does_not_fit"
  case tooSlow = "too_slow"
  case overBudget = "over_budget"
  case mayNotLeave = "may_not_leave"
  case noVendor = "no_vendor"
  case goesStale = "goes_stale"
  case noDocuments = "no_documents"

  package var source: String {
    switch self {
    case .twentyTokens, .tooLittleData: "Hoffmann et al. 2022, arXiv:2203.15556"
    case .sixND: "Kaplan et al. 2020, arXiv:2001.08361"
    case .fourND, .adapterMemory: "Hu et al. 2021 (LoRA), arXiv:2106.09685"
    case .weightMemory, .doesNotFit: "Dettmers et al. 2023 (QLoRA), arXiv:2305.14314"
    case .adamMemory: "Rajbhandari et al. 2020 (ZeRO), arXiv:1910.02054"
    case .bandwidth, .computeBound, .tooSlow: "Pope et al. 2022, arXiv:2211.05102"
    case .labelsForEncoder, .wrongJob: "Devlin et al. 2019 (BERT), arXiv:1810.04805"
    case .examplesForTuning, .tooFewExamples: "Zhou et al. 2023 (LIMA), arXiv:2305.11206"
    case .documentsNeedRetrieval, .freshNeedsRetrieval, .goesStale, .noDocuments:
      "Lewis et al. 2020 (RAG), arXiv:2005.11401"
    case .machineHours: "Chowdhery et al. 2022 (PaLM, model FLOPs utilisation), arXiv:2204.02311"
    case .staysPrivate, .mayNotLeave, .noVendor, .overBudget, .cheapestToTry: "the plan"
    }
  }
}
