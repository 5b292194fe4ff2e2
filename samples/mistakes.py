"""Three mistakes for Activation Lens to find. Each has a page and a quick fix."""

import torch
import torch.nn as nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        # Two linear layers with nothing between are one linear map.
        self.body = nn.Sequential(
            nn.Flatten(),
            nn.Linear(784, 256),
            nn.Linear(256, 128),
            nn.ReLU(),
        )
        self.head = nn.Linear(128, 10)

    def forward(self, x):
        h = self.body(x)
        # SiLU, written out.
        h = h * torch.sigmoid(h)
        # CrossEntropyLoss below applies log-softmax itself: probabilities come too early here.
        return torch.softmax(self.head(h), dim=1)


if __name__ == "__main__":
    model = Classifier()
    criterion = nn.CrossEntropyLoss()
    images, labels = torch.randn(16, 1, 28, 28), torch.randint(0, 10, (16,))
    loss = criterion(model(images), labels)
    loss.backward()
    print(loss.item())
