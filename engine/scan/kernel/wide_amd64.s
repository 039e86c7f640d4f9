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

// func packLook(keys, x, y *uint32, n int, added *[2][Few]uint32, base, keep uint32)
// keys[i] = keys[i]&keep + base + added[0][x[i]%16] + added[1][y[i]%16], for n keys, a multiple
// of 8. VPERMD looks at the lowest 3 bits; bit 3, moved to the top, chooses between the
// halves.
TEXT ·packLook(SB), NOSPLIT, $0-48
	MOVQ         keys+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         y+16(FP), DX
	MOVQ         n+24(FP), CX
	MOVQ         added+32(FP), BX
	VMOVDQU      (BX), Y0
	VMOVDQU      32(BX), Y8
	VMOVDQU      64(BX), Y1
	VMOVDQU      96(BX), Y9
	MOVL         base+40(FP), AX
	VMOVD        AX, X2
	VPBROADCASTD X2, Y2
	MOVL         keep+44(FP), AX
	VMOVD        AX, X3
	VPBROADCASTD X3, Y3
	XORQ         AX, AX

look:
	VMOVDQU   (SI)(AX*4), Y4
	VMOVDQU   (DX)(AX*4), Y5
	VPAND     (DI)(AX*4), Y3, Y6
	VPADDD    Y2, Y6, Y6
	VPERMD    Y0, Y4, Y10
	VPERMD    Y8, Y4, Y11
	VPSLLD    $28, Y4, Y4
	VBLENDVPS Y4, Y11, Y10, Y4
	VPERMD    Y1, Y5, Y10
	VPERMD    Y9, Y5, Y11
	VPSLLD    $28, Y5, Y5
	VBLENDVPS Y5, Y11, Y10, Y5
	VPADDD    Y4, Y6, Y6
	VPADDD    Y5, Y6, Y6
	VMOVDQU   Y6, (DI)(AX*4)
	ADDQ      $8, AX
	CMPQ      AX, CX
	JLT       look
	VZEROUPPER
	RET

// func packLook8(keys, x, y *uint32, n int, added *[2][Few]uint32, base, keep uint32)
// keys[i] = keys[i]&keep + base + added[0][x[i]%8] + added[1][y[i]%8], for n keys, a multiple
// of 8. VPERMD looks at the lowest 3 bits.
TEXT ·packLook8(SB), NOSPLIT, $0-48
	MOVQ         keys+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         y+16(FP), DX
	MOVQ         n+24(FP), CX
	MOVQ         added+32(FP), BX
	VMOVDQU      (BX), Y0
	VMOVDQU      64(BX), Y1
	MOVL         base+40(FP), AX
	VMOVD        AX, X2
	VPBROADCASTD X2, Y2
	MOVL         keep+44(FP), AX
	VMOVD        AX, X3
	VPBROADCASTD X3, Y3
	XORQ         AX, AX

look:
	VMOVDQU (SI)(AX*4), Y4
	VMOVDQU (DX)(AX*4), Y5
	VPAND   (DI)(AX*4), Y3, Y6
	VPADDD  Y2, Y6, Y6
	VPERMD  Y0, Y4, Y4
	VPERMD  Y1, Y5, Y5
	VPADDD  Y4, Y6, Y6
	VPADDD  Y5, Y6, Y6
	VMOVDQU Y6, (DI)(AX*4)
	ADDQ    $8, AX
	CMPQ    AX, CX
	JLT     look
	VZEROUPPER
	RET

// func occurring(codes *uint32, n int) (bits uint32)
// The bits code%16 of n codes, a multiple of 8.
TEXT ·occurring(SB), NOSPLIT, $0-20
	MOVQ         codes+0(FP), SI
	MOVQ         n+8(FP), CX
	MOVL         $15, AX
	VMOVD        AX, X0
	VPBROADCASTD X0, Y0
	MOVL         $1, AX
	VMOVD        AX, X1
	VPBROADCASTD X1, Y1
	VPXOR        Y2, Y2, Y2
	XORQ         AX, AX

occurring:
	VPAND        (SI)(AX*4), Y0, Y3
	VPSLLVD      Y3, Y1, Y3
	VPOR         Y3, Y2, Y2
	ADDQ         $8, AX
	CMPQ         AX, CX
	JLT          occurring
	VEXTRACTI128 $1, Y2, X3
	VPOR         X3, X2, X2
	VPSHUFD      $0x4e, X2, X3
	VPOR         X3, X2, X2
	VPSHUFD      $0xb1, X2, X3
	VPOR         X3, X2, X2
	VMOVD        X2, AX
	MOVL         AX, bits+16(FP)
	VZEROUPPER
	RET

// func extremes(xs *int64, n int, least, most *[4]int64)
// The least and the greatest of n numbers, a multiple of 8, by their place among 4.
TEXT ·extremes(SB), NOSPLIT, $0-32
	MOVQ    xs+0(FP), SI
	MOVQ    n+8(FP), CX
	MOVQ    least+16(FP), DI
	MOVQ    most+24(FP), DX
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1
	VMOVDQA Y0, Y2
	VMOVDQA Y1, Y3
	XORQ    AX, AX

extremes:
	VMOVDQU   (SI)(AX*8), Y4
	VMOVDQU   32(SI)(AX*8), Y5
	VPCMPGTQ  Y4, Y0, Y6
	VPCMPGTQ  Y5, Y1, Y7
	VPCMPGTQ  Y2, Y4, Y8
	VPCMPGTQ  Y3, Y5, Y9
	VBLENDVPD Y6, Y4, Y0, Y0
	VBLENDVPD Y7, Y5, Y1, Y1
	VBLENDVPD Y8, Y4, Y2, Y2
	VBLENDVPD Y9, Y5, Y3, Y3
	ADDQ      $8, AX
	CMPQ      AX, CX
	JLT       extremes
	VPCMPGTQ  Y1, Y0, Y6
	VPCMPGTQ  Y2, Y3, Y8
	VBLENDVPD Y6, Y1, Y0, Y0
	VBLENDVPD Y8, Y3, Y2, Y2
	VMOVDQU   Y0, (DI)
	VMOVDQU   Y2, (DX)
	VZEROUPPER
	RET
