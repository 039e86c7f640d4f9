//go:build !purego

#include "textflag.h"

// func packTwo(keys, x, y *uint32, n int, s, t, base, keep uint32)
// keys[i] = keys[i]&keep + base + x[i]*s + y[i]*t, for n keys, a multiple of 8.
TEXT ·packTwo(SB), NOSPLIT, $0-48
	MOVQ         keys+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         y+16(FP), DX
	MOVQ         n+24(FP), CX
	MOVL         s+32(FP), AX
	VMOVD        AX, X0
	VPBROADCASTD X0, Y0
	MOVL         t+36(FP), AX
	VMOVD        AX, X1
	VPBROADCASTD X1, Y1
	MOVL         base+40(FP), AX
	VMOVD        AX, X2
	VPBROADCASTD X2, Y2
	MOVL         keep+44(FP), AX
	VMOVD        AX, X3
	VPBROADCASTD X3, Y3
	XORQ         AX, AX

pack:
	VMOVDQU (SI)(AX*4), Y4
	VMOVDQU (DX)(AX*4), Y5
	VPAND   (DI)(AX*4), Y3, Y6
	VPMULLD Y0, Y4, Y4
	VPMULLD Y1, Y5, Y5
	VPADDD  Y2, Y6, Y6
	VPADDD  Y4, Y5, Y5
	VPADDD  Y5, Y6, Y6
	VMOVDQU Y6, (DI)(AX*4)
	ADDQ    $8, AX
	CMPQ    AX, CX
	JLT     pack
	VZEROUPPER
	RET

// func lookup16(out, codes *uint32, n int, entries *[16]uint32) (odd uint32)
// out[i] = entries[codes[i]+1], for n codes, a multiple of 8; odd is not 0 if the
// highest bit of one of them is set. Y1 holds codes + 1, of which VPERMD looks at
// the lowest 3 bits; bit 3, moved to the top, chooses between the halves of entries.
TEXT ·lookup16(SB), NOSPLIT, $0-36
	MOVQ     out+0(FP), DI
	MOVQ     codes+8(FP), SI
	MOVQ     n+16(FP), CX
	MOVQ     entries+24(FP), DX
	VMOVDQU  (DX), Y6
	VMOVDQU  32(DX), Y7
	VPCMPEQD Y8, Y8, Y8
	VPXOR    Y9, Y9, Y9
	XORQ     AX, AX

lookup:
	VMOVDQU   (SI)(AX*4), Y1
	VPSUBD    Y8, Y1, Y1
	VPERMD    Y6, Y1, Y2
	VPERMD    Y7, Y1, Y3
	VPSLLD    $28, Y1, Y1
	VBLENDVPS Y1, Y3, Y2, Y2
	VPOR      Y2, Y9, Y9
	VMOVDQU   Y2, (DI)(AX*4)
	ADDQ      $8, AX
	CMPQ      AX, CX
	JLT       lookup
	VMOVMSKPS Y9, AX
	MOVL      AX, odd+32(FP)
	VZEROUPPER
	RET
