"""What is learnt from: crops, what of them is shown at a time, their labels and predictions."""
