"""The tuning benchmark: drawn scenes with questions, planted faults and copies, and a small model tuned on parts."""
