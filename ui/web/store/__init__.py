"""What the page keeps: conversations, ratings, preferences, removed documents, users. Knows no Gradio."""
