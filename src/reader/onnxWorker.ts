/** The thread in which ONNX files are read: anybody's bytes, whose reading its host can end. */

import { extractOnnx } from '../fromOnnx/extraction';
import { serve } from './serve';

serve((request, { source }) => extractOnnx(request, source));
