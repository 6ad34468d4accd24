"""What is true of billing whoever asks: money, periods, life cycles, errors. Pure rules without input or output."""
