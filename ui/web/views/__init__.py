"""Gradio's components, and what happens when they are used."""
