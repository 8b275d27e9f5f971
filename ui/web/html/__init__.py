"""What is shown, as HTML: values in, markup out."""
