import JSON
import ModelFile
import TensorStorage
import Tokenizers

extension SourceCheckpoint {
  /// Files beside the weights whose content goes into the model.
  private static let companions =
    SourceConfiguration.fileNames + [KerasTaskPreset.settingsName]
    + [KerasHubTokenizer.vocabularyName] + TokenizerFolder.fileNames

  /// Every file whose content goes into the model.
  var provenancePaths: [String] {
    let companions =
      location.kind == .native || source is any ConfiguredTensorSource
      ? [] : Self.companions.compactMap(location.companion)
    let index = location.kind == .json ? [location.weights] : []
    return index + source.sourcePaths + companions
  }

  /// The record of this conversion from ``provenancePaths``.
  func provenanceStep(
    sources: [ProvenanceStep.Source], elementType: ElementType
  ) -> ProvenanceStep {
    ProvenanceStep(
      verb: "convert", toolVersion: ProvenanceStep.currentToolVersion, sources: sources,
      dialect: location.kind == .native ? nil : plan.dialect,
      dropped: plan.dropped.map { ProvenanceStep.Tensor(name: $0.name, reason: $0.reason) },
      created: plan.created.map { ProvenanceStep.Tensor(name: $0.name, reason: $0.reason) },
      options: ["dtype": .string(elementType.rawValue)],
      seed: plan.created.isEmpty ? nil : ParameterReader.seed)
  }
}
