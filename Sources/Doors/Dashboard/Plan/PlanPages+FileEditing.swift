import Foundation
import Venture

extension PlanPages {
  /// Bytes of a plan, as its reader bounds it.
  static let largestText = 1_048_576
  /// Bytes of a form that carries one: encoding lengthens it.
  static let largestForm = 1_500_000
  private static let largestValue = 4_000

  /// Writes one value in its place.
  ///
  /// - Returns: nil when it is written, else what to show the reader again.
  func setValue(_ visit: Visit, path: String, to value: String, over hash: String) -> FileDraft? {
    var draft = FileDraft(path: path, typed: value, message: "")
    guard value.utf8.count <= Self.largestValue, !path.isEmpty else {
      draft.message = visit.text("plan_value_too_long")
      return draft
    }
    do {
      try desk.set(path, to: value, over: hash)
      return nil
    } catch let problem as PlanProblem {
      draft.message = visit.text("plan_value_refused")
      draft.problems = [problem]
    } catch let error as DeskError where error.code == .stale {
      draft.message = visit.text("plan_value_stale")
    } catch let error as DeskError {
      draft.message = visit.text("plan_value_refused")
      draft.problems = error.problems
    } catch {
      draft.message = visit.text("plan_not_saved")
    }
    return draft
  }

  /// Replaces the whole text. A text with errors is kept too: the page shows them at their lines.
  ///
  /// - Returns: nil when it is written.
  func saveText(_ visit: Visit, _ typed: String, over hash: String) -> FileDraft? {
    var draft = FileDraft(typed: typed, message: "")
    do {
      // Browsers send every line break as CR LF.
      let lines = typed.replacingOccurrences(of: "\r\n", with: "\n")
      let usesPairs = try desk.state().text.contains("\r\n")
      let text = usesPairs ? lines.replacingOccurrences(of: "\n", with: "\r\n") : lines
      guard text.utf8.count <= Self.largestText else {
        draft.message = visit.text("plan_text_too_large")
        return draft
      }
      try desk.save(text, over: hash)
      return nil
    } catch let error as DeskError where error.code == .stale {
      draft.message = visit.text("plan_text_stale")
    } catch {
      draft.message = visit.text("plan_not_saved")
    }
    return draft
  }
}
