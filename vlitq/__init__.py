"""vlitq scores vision-language instruction-tuning data and selects the part worth training on."""
