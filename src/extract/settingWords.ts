/** Words that names of parameters are made of. */

export const wordsIn = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** What is a width by itself. */
export const WIDTHS = wordsIn(
  'c ch chan channel channels chans chnl chnls chs depthwise dim dimension dimensionality dims emb embd embed embedding embeddings embeds embsize emsize feat feats feature features fea feas filter filters fmap fmaps hid hidden hiddens hiddensize inplane inplanes mels maps ndf neuron neurons nf ngf outplane outplanes plane planes rank unit units wid width widths',
);
export const COUNTS = wordsIn('amount count cnt n nb nbr no nr num number nums');
export const SIDES = wordsIn('in inp input inputs ip op out oup outp output outputs ins outs');
export const SIZES = wordsIn('h height resolution resolutions reso size sizes sz w width');

/** Words that say which of several is meant, and set nothing by themselves. */
export const WHICH = wordsIn(
  'a act action actions all att attention attn aux b backbone base basic block body bot bottle bottleneck branch cat cell center concat cond conditioning context conv convolution cross ctx cur curr current d dec decode decoder dense dst edge enc encode encoder end est expanded extra fc feedforward ff ffn final first fn from fuse fused fusion g gate gcn global gnn graph grid guide high hyper i image img init initial inner inter intermediate internal interm j joint key kv l last lat latent layer left linear local leaky loc low lower lstm m main map mask max mem memory mid middle min mixer mlp model motion msg neck negative net network node non obs observation observations of one old other outer p part patch per point points pool pos position post pre predictor prev previous prob proj projection q qk query r rec reduced ref relation res resblock residual rgb rnn right se self semantic shallow side single skip source spa spatial speaker squeeze src stage start state stem sub t target task temb temp temporal text tgt time to token tokens top total trans transformer trg two upper v val value video vision visual vis vit with word x y z zdim',
);

/** What is told of data, files and training: no layer's. */
export const FOREIGN = wordsIn(
  'args batches bucket cache cfg checkpoint ckpt config configs conf data dataset dir epoch epochs file filename id ids iteration iterations loader lr name names opt opts options param params path paths pretrained queue root seed split tokenizer train training url valid weights',
);
