import ModelSchema

extension ModelDescription {
  /// The model as it is while it trains: with that dropout everywhere, or with its own for `nil`.
  func training(withDropout dropout: Double?) -> ModelDescription {
    guard let dropout else { return self }
    var model = self
    model.encoder.hiddenDropout = dropout
    model.encoder.attentionDropout = dropout
    model.encoder.classifierDropout = dropout
    return model
  }
}
