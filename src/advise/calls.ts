import { climbTo } from '../syntax/ancestors';

/** The nearest call around a node. */
export const callAround = climbTo(/^call$/);
