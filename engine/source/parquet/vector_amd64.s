//go:build !purego

#include "textflag.h"

// func spreadNulls(rows *uint32, bitmap *byte, bytes, valid int, places *[256][8]uint8)
// For each byte of the bitmap, from the last on, the 8 rows get the values that
// places says; where it says 8, whose bit 3 is moved to the top and then over all
// bits, all ones.
TEXT ·spreadNulls(SB), NOSPLIT, $0-40
	MOVQ rows+0(FP), DI
	MOVQ bitmap+8(FP), SI
	MOVQ bytes+16(FP), CX
	MOVQ valid+24(FP), DX
	MOVQ places+32(FP), BX
	MOVQ CX, R8
	SHLQ $5, R8
	ADDQ DI, R8 // behind the rows

spread:
	MOVBLZX   -1(SI)(CX*1), AX
	POPCNTL   AX, R9
	SUBQ      R9, DX
	VMOVDQU   (DI)(DX*4), Y0
	VPMOVZXBD (BX)(AX*8), Y1
	VPERMD    Y0, Y1, Y2
	VPSLLD    $28, Y1, Y1
	VPSRAD    $31, Y1, Y1
	VPOR      Y1, Y2, Y2
	SUBQ      $32, R8
	VMOVDQU   Y2, (R8)
	DECQ      CX
	JNZ       spread
	VZEROUPPER
	RET

// func greatest(values *uint32, n int) (most uint32)
// n is a multiple of 16.
TEXT ·greatest(SB), NOSPLIT, $0-20
	MOVQ  values+0(FP), SI
	MOVQ  n+8(FP), CX
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	XORQ  AX, AX

greatest:
	VPMAXUD      (SI)(AX*4), Y0, Y0
	VPMAXUD      32(SI)(AX*4), Y1, Y1
	ADDQ         $16, AX
	CMPQ         AX, CX
	JLT          greatest
	VPMAXUD      Y1, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPMAXUD      X1, X0, X0
	VPSHUFD      $0x4e, X0, X1
	VPMAXUD      X1, X0, X0
	VPSHUFD      $0xb1, X0, X1
	VPMAXUD      X1, X0, X0
	VMOVD        X0, AX
	MOVL         AX, most+16(FP)
	VZEROUPPER
	RET
