"""The built-in scorers, features and models of vlitq: plugins like any other."""
