/// The plan: what the venture intends, in a file that people edit and that `Forecast` simulates.
///
/// Start at `Plan`, which is `venture.yaml` read: strategy, opportunity, team, risks, project,
/// cases and the forecast's inputs. `File/` reads, checks and edits the file (comments kept) and
/// lowers it to a `Forecast.Model`; each other folder holds one part with its method; `Report/`
/// writes the business plan.
package enum Venture {}
