"""Reading Chinese and its neighbours: the ground on which corpus, index, question and proof all stand."""
