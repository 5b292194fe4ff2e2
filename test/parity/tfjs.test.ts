// TensorFlow.js against our graphs. One file, for the library keeps one state for all copies of itself in a process.
import './tfjs/chains';
import './tfjs/layers';
import './tfjs/models';
import './tfjs/ops';
import './tfjs/shapes';
import './tfjs/sources';
import './tfjs/weights';
