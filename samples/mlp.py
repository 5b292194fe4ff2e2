"""A small multilayer perceptron for tabular data."""

import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self, in_features=20, hidden=(64, 64, 32), num_classes=3, dropout=0.1):
        super().__init__()
        layers = []
        width = in_features
        for size in hidden:
            layers += [nn.Linear(width, size), nn.ReLU(), nn.Dropout(dropout)]
            width = size
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(width, num_classes)

    def forward(self, x):
        return self.head(self.features(x))


if __name__ == "__main__":
    model = MLP()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()
    x, y = torch.randn(128, 20), torch.randint(0, 3, (128,))
    for step in range(20):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"loss after 20 steps: {loss.item():.3f}")
