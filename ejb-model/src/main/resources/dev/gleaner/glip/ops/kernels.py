class Kernels(Module):
  __parameters__ = []
  __buffers__ = []

  def group_norm(self, x: Tensor, groups: Tensor, weight: Tensor, bias: Tensor, eps: Tensor) -> Tensor:
    return torch.group_norm(x, int(groups), weight, bias, float(eps), True)

  def attention(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    return torch.scaled_dot_product_attention(query, key, value, torch.contiguous(mask), 0.0, False)

  def softmax(self, x: Tensor) -> Tensor:
    return torch.softmax(x, -1)

  def to_type(self, x: Tensor, type: Tensor) -> Tensor:
    return torch.to(x, int(type))

  def rows(self, rows: Tensor, indices: Tensor) -> Tensor:
    return torch.index_select(rows, 0, indices)

  def dropout(self, x: Tensor, rate: Tensor) -> Tensor:
    return torch.dropout(x, float(rate), True)

  def cross_attention(self, image: Tensor, keys: Tensor, key_bias: Tensor, values: Tensor, value_bias: Tensor, heads: Tensor, valid: Tensor, least: Tensor, most: Tensor, rate: Tensor) -> List[Tensor]:
    drop = float(rate)
    places = torch.size(image, 0)
    rows = torch.size(keys, 0)
    tokens = torch.floordiv(rows, int(heads))
    block = places
    if not image.is_cuda:
      block = 512
    attended = annotate(List[Tensor], [])
    largest = torch.full([rows], -3.0e38, dtype=6, layout=0, device=image.device)
    total = torch.zeros([rows], dtype=6, layout=0, device=image.device)
    gathered = torch.zeros([rows, torch.size(image, 1)], dtype=6, layout=0, device=image.device)
    kept = torch.zeros([rows], dtype=6, layout=0, device=image.device)
    start = 0
    while start < places:
      part = torch.slice(image, 0, start, min(places, start + block), 1)
      scores = torch.clamp_(torch.linear(part, keys, key_bias), float(least), float(most))
      over_tokens = torch.softmax(torch.slice(torch.view(scores, [-1, int(heads), tokens]), 2, 0, int(valid), 1), -1)
      if drop > 0.0:
        over_tokens = torch.dropout(over_tokens, drop, True)
      attended.append(torch.addmm(value_bias, torch.reshape(over_tokens, [-1, int(heads) * int(valid)]), values))
      scores = scores.float()
      now = torch.maximum(largest, torch.amax(scores, [0], False))
      shrink = torch.exp(torch.sub(largest, now))
      over_places = torch.exp_(torch.sub(scores, now))
      total = torch.add(torch.mul(total, shrink), torch.sum(over_places, [0], False))
      if drop > 0.0:
        over_places = torch.dropout(over_places, drop, True)
        kept = torch.add(torch.mul(kept, shrink), torch.sum(over_places, [0], False))
      gathered = torch.addmm(torch.mul(gathered, torch.unsqueeze(shrink, 1)), torch.t(over_places), part.float())
      largest = now
      start = start + block
    if drop > 0.0:
      kept = torch.div(kept, total)
    else:
      kept = torch.ones([rows], dtype=6, layout=0, device=image.device)
    return [torch.cat(attended, 0), torch.to(torch.div(gathered, torch.unsqueeze(total, 1)), image.dtype), torch.to(kept, image.dtype)]

  def deformable_convolution(self, rows: Tensor, height: Tensor, width: Tensor, stride: Tensor, offset: Tensor, mask: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    h = int(height)
    w = int(width)
    out_h = torch.floordiv(h - 1, int(stride)) + 1
    out_w = torch.floordiv(w - 1, int(stride)) + 1
    places = out_h * out_w
    # Not a number must not become an index.
    shift = torch.nan_to_num(torch.view(torch.slice(torch.reshape(offset, [-1]), 0, 0, 18 * places, 1), [9, 2, places]).float(), 0.0)
    factor = torch.view(torch.slice(torch.reshape(mask, [-1]), 0, 0, 9 * places, 1), [9, places]).float()
    tap = torch.unsqueeze(torch.arange(9, dtype=6, layout=0, device=rows.device), 1)
    place = torch.arange(places, dtype=6, layout=0, device=rows.device)
    line = torch.floor(torch.div(torch.add(place, 0.5), float(out_w)))
    tap_line = torch.floor(torch.div(tap, 3.0))
    y = torch.add(torch.add(torch.sub(torch.mul(line, float(stride)), 1.0), tap_line), torch.select(shift, 1, 0))
    x = torch.add(torch.add(torch.sub(torch.mul(torch.sub(place, torch.mul(line, float(out_w))), float(stride)), 1.0), torch.sub(tap, torch.mul(tap_line, 3.0))), torch.select(shift, 1, 1))
    above = torch.floor(y)
    below = torch.add(above, 1.0)
    before = torch.floor(x)
    after = torch.add(before, 1.0)
    down = torch.sub(y, above)
    right = torch.sub(x, before)
    row_above = torch.clamp(above, 0.0, float(h - 1))
    row_below = torch.clamp(below, 0.0, float(h - 1))
    column_before = torch.clamp(before, 0.0, float(w - 1))
    column_after = torch.clamp(after, 0.0, float(w - 1))
    share_above = torch.mul(torch.mul(torch.rsub(down, 1.0), torch.eq(above, row_above)), factor)
    share_below = torch.mul(torch.mul(down, torch.eq(below, row_below)), factor)
    share_before = torch.mul(torch.rsub(right, 1.0), torch.eq(before, column_before))
    share_after = torch.mul(right, torch.eq(after, column_after))
    share = torch.stack([torch.mul(share_above, share_before), torch.mul(share_above, share_after), torch.mul(share_below, share_before), torch.mul(share_below, share_after)], 0)
    start_above = torch.mul(row_above, float(w))
    start_below = torch.mul(row_below, float(w))
    corner = torch.stack([torch.add(start_above, column_before), torch.add(start_above, column_after), torch.add(start_below, column_before), torch.add(start_below, column_after)], 0)
    share = torch.to(torch.reshape(torch.permute(share, [2, 1, 0]), [-1]), rows.dtype)
    corner = torch.reshape(torch.permute(torch.to(corner, 3), [2, 1, 0]), [-1])
    block = places
    if not rows.is_cuda:
      block = min(places, 1024)
    bags = torch.arange(0, block * 36, 4, dtype=3, layout=0, device=rows.device)
    sums = annotate(List[Tensor], [])
    start = 0
    while start < places:
      end = min(places, start + block)
      columns, a, b, c = torch.embedding_bag(rows, torch.slice(corner, 0, start * 36, end * 36, 1), torch.slice(bags, 0, 0, (end - start) * 9, 1), False, 0, False, torch.slice(share, 0, start * 36, end * 36, 1))
      sums.append(torch.linear(torch.view(columns, [end - start, -1]), weight, bias))
      start = end
    return torch.cat(sums, 0)

  def upsample(self, x: Tensor, height: Tensor, width: Tensor) -> Tensor:
    return torch.upsample_bilinear2d(x, [int(height), int(width)], True)

  def larger_line(self, x: Tensor, slope1: Tensor, intercept1: Tensor, slope2: Tensor, intercept2: Tensor) -> Tensor:
    return torch.maximum(torch.addcmul(intercept1, x, slope1), torch.addcmul(intercept2, x, slope2))

  def candidates(self, logits: Tensor, centreness: Tensor, regression: Tensor, labels: Tensor, threshold: Tensor, most: Tensor) -> List[Tensor]:
    scores = torch.matmul(torch.sigmoid(logits.float()), labels)
    found = torch.nonzero(torch.gt(scores, float(threshold)))
    place = torch.select(found, 1, 0)
    label = torch.select(found, 1, 1)
    product = torch.mul(torch.index_select(torch.reshape(scores, [-1]), 0, torch.add(torch.mul(place, torch.size(labels, 1)), label)), torch.sigmoid(torch.index_select(centreness.float(), 0, place)))
    if torch.size(place, 0) > int(most):
      product, best = torch.topk(product, int(most), 0, True, False)
      place = torch.index_select(place, 0, best)
      label = torch.index_select(label, 0, best)
    return [place, label, torch.sqrt(product), torch.index_select(regression, 0, place).float()]

  def focal_loss(self, logits: Tensor, targets: Tensor, weights: Tensor, alpha: Tensor, gamma: Tensor) -> Tensor:
    probability = torch.sigmoid(logits)
    wrong = torch.add(probability, torch.mul(targets, torch.rsub(torch.mul(probability, 2.0), 1.0)))
    balance = torch.add(torch.mul(targets, 2.0 * float(alpha) - 1.0), 1.0 - float(alpha))
    surprise = torch.binary_cross_entropy_with_logits(logits, targets, None, None, 0)
    return torch.sum(torch.mul(torch.mul(torch.mul(balance, torch.pow(wrong, float(gamma))), surprise), weights))

  def binary_cross_entropy(self, logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    return torch.binary_cross_entropy_with_logits(logits, targets, weights, None, 2)

  def square_sum(self, x: Tensor) -> Tensor:
    return torch.sum(torch.pow(x.double(), 2))

  def adamw(self, weight: Tensor, gradient: Tensor, mean: Tensor, square: Tensor, numbers: Tensor) -> Tensor:
    rate = float(torch.select(numbers, 0, 1))
    beta1 = float(torch.select(numbers, 0, 3))
    beta2 = float(torch.select(numbers, 0, 4))
    g = torch.mul(gradient, float(torch.select(numbers, 0, 0)))
    w = torch.mul_(weight, 1.0 - rate * float(torch.select(numbers, 0, 2)))
    m = torch.lerp_(mean, g, 1.0 - beta1)
    v = torch.addcmul_(torch.mul_(square, beta2), g, g, value=1.0 - beta2)
    size = torch.add_(torch.div(torch.sqrt(v), float(torch.select(numbers, 0, 7))), float(torch.select(numbers, 0, 5)))
    return torch.addcdiv_(w, m, size, value=-rate / float(torch.select(numbers, 0, 6)))

  def blend(self, average: Tensor, value: Tensor, decay: Tensor) -> Tensor:
    return torch.add_(torch.mul_(average, float(decay)), value, alpha=1.0 - float(decay))
